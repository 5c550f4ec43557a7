//! Runs that crash at each operation, with each subset of what was not synced, one after another,
//! until no crash leaves anything new.

use std::{
    collections::HashSet,
    env,
    hash::{DefaultHasher, Hasher},
    io::ErrorKind,
    sync::{Arc, Mutex},
};

use super::{
    killed::{ALL, config_of, look, look_at_end, sown, sown_run_takes},
    run,
};
use crate::{
    Compression,
    fs::tests::sim::{Choices, FsOp, Likeness, SimFs, SimState},
};

/// How much was explored.
#[derive(Clone, Copy, Debug, Default)]
struct Explored {
    points: u64,
    states: u64,
    distinct: usize,
}

/// The disk before each operation of a run that changes anything, and after the last.
fn crash_points(fs: &SimFs, compression: Compression) -> Vec<SimFs> {
    let points = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&points);
    let mut last = None;
    fs.observe(Some(Box::new(move |op: FsOp, state: &SimState| {
        if !last.is_some_and(FsOp::only_looks) {
            noted.lock().unwrap().push(state.copy());
        }
        last = Some(op);
    })));
    run(fs, config_of(compression));
    fs.observe(None);
    let mut points = std::mem::take(&mut *points.lock().unwrap());
    points.push(fs.copy());
    points
}

fn hash_of(fs: &SimFs) -> u64 {
    let mut hasher = DefaultHasher::new();
    fs.hash_content(Likeness::Exact, &mut hasher);
    hasher.finish()
}

/// Explores all that may be left of a tree. In the first run one operation is refused, after so
/// many others.
fn explore(compression: Compression, refused: Option<u64>) -> Explored {
    let mut explored = Explored::default();
    let mut known = HashSet::new();
    let mut frontier = vec![(sown(), String::new())];
    known.insert(hash_of(&frontier[0].0));
    while let Some((tree, way)) = frontier.pop() {
        let disk = tree.copy();
        if let Some(refused) = refused.filter(|_| way.is_empty()) {
            disk.fail_any_after(refused, 1, ErrorKind::StorageFull);
        }
        for (at, point) in crash_points(&disk, compression).iter().enumerate() {
            explored.points += 1;
            let mut choices = Choices::first(Likeness::Exact);
            loop {
                let left = point.copy();
                left.crash_by(&mut choices);
                explored.states += 1;
                if known.insert(hash_of(&left)) {
                    let way = format!("{way} {at}:{choices}");
                    let when = format!("{compression}, refused {refused:?}, crashed{way}");
                    look(&left, &when);
                    let healed = left.copy();
                    let again = run(&healed, config_of(compression));
                    assert!(again.errors.is_empty(), "{when}: {:?}", again.errors);
                    look_at_end(&healed, compression, &when);
                    frontier.push((left, way));
                }
                if !choices.advance() {
                    break;
                }
            }
        }
    }
    explored.distinct = known.len();
    explored
}

/// Whether all is explored, and not a slice: the variable `EVERY_CRASH` is set.
fn is_complete() -> bool {
    env::var_os("EVERY_CRASH").is_some()
}

#[test]
#[expect(clippy::print_stdout, reason = "how much was explored is the result")]
fn whatever_crashes_leave_of_runs_no_log_is_lost_and_a_run_ends_it() {
    let slice = [Compression::Zst, Compression::TarZst];
    for compression in if is_complete() { &ALL[..] } else { &slice } {
        let compression = *compression;
        let explored = explore(compression, None);
        println!("{compression}: {explored:?}");
        assert!(explored.distinct > 20, "{explored:?}");
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "how much was explored is the result")]
fn whatever_crashes_leave_of_a_run_that_was_refused_something_no_log_is_lost() {
    let (all, slice) = (
        [Compression::Zst, Compression::TarZst],
        [Compression::TarZst],
    );
    let (compressions, every) = if is_complete() {
        (&all[..], 1)
    } else {
        (&slice[..], 5)
    };
    for compression in compressions.iter().copied() {
        let mut states = 0;
        for refused in (0..sown_run_takes(compression)).step_by(every) {
            states += explore(compression, Some(refused)).states;
        }
        println!("{compression}, each operation refused: {states} states");
    }
}

//! Runs a program, crashes it at each operation on the disk of its last step, and lets a writer go
//! on from each state that a crash may leave.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hasher},
    ops::AddAssign,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
};

use super::step::Acts;
use crate::{
    backend::tests::crash_model::{
        ledger::{Must, Watched},
        program::Setup,
        world::{World, after_crash::Remains},
    },
    fs::tests::sim::{Choices, FsOp, Likeness, SimFs, SimState},
};

/// How much was explored.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Explored {
    pub(super) programs: u64,
    /// Points of crash at which the disk or a promise differs from the one before.
    pub(super) points: u64,
    /// Subsets of what was not synced, at all points.
    pub(super) states: u64,
    /// Those of them that were looked at: of states that are alike, one.
    pub(super) visited: u64,
    /// States unlike all before, from which a writer went on.
    pub(super) distinct: u64,
}

/// The states from which a writer has gone on.
#[derive(Debug)]
pub(super) struct Known {
    likeness: Likeness,
    hashes: Mutex<HashSet<u64>>,
}

/// What broke a rule.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) what: String,
    /// The point of crash, and what it spared. `None` if there was none.
    pub(super) crash: Option<(usize, String)>,
}

/// A moment at which the power may be cut.
#[derive(Debug)]
struct CrashPoint {
    disk: SimFs,
    /// Records whose callers know that they survive.
    survivors: Vec<usize>,
}

#[derive(Debug, Default)]
struct Recording {
    points: Vec<CrashPoint>,
    last: Option<FsOp>,
}

impl AddAssign for Explored {
    fn add_assign(&mut self, other: Self) {
        self.programs += other.programs;
        self.points += other.points;
        self.states += other.states;
        self.visited += other.visited;
        self.distinct += other.distinct;
    }
}

impl Known {
    /// States that are so alike are judged once.
    pub(super) fn by(likeness: Likeness) -> Self {
        Self {
            likeness,
            hashes: Mutex::default(),
        }
    }

    /// Whether none like it was there.
    fn add(&self, disk: &SimFs, remains: &Remains, torn_writes: usize) -> bool {
        let mut hasher = DefaultHasher::new();
        remains.hash_ledger(&mut hasher);
        hasher.write_usize(torn_writes);
        disk.hash_content(self.likeness, &mut hasher);
        self.hashes.lock().unwrap().insert(hasher.finish())
    }
}

impl Broken {
    fn without_crash(what: String) -> Self {
        Self { what, crash: None }
    }
}

/// Explores the points of crash in the last step of a program. Those before are the last of
/// others.
pub(super) fn explore(setup: &Setup, acts: &Acts, known: &Known) -> Result<Explored, Broken> {
    let (mut world, points) = record(setup, acts)?;
    let mut explored = Explored {
        programs: 1,
        points: points.len() as u64,
        ..Explored::default()
    };
    let mut remains = world.remains();
    for (at, point) in points.iter().enumerate() {
        remains.promise_only(&point.survivors);
        let torn_writes = point.disk.unsynced_writes();
        let mut choices = Choices::first(known.likeness);
        loop {
            let disk = point.disk.copy();
            disk.crash_by(&mut choices);
            explored.states += choices.alike();
            explored.visited += 1;
            if known.add(&disk, &remains, torn_writes) {
                explored.distinct += 1;
                guarded(|| remains.recover(disk, torn_writes)).map_err(|what| Broken {
                    what,
                    crash: Some((at, choices.to_string())),
                })?;
            }
            if !choices.advance() {
                break;
            }
        }
    }
    guarded(|| world.end()).map_err(Broken::without_crash)?;
    Ok(explored)
}

/// Runs a program again, up to a point of crash, and goes on from what the choices spare.
#[expect(clippy::print_stdout, reason = "a case is replayed to be looked at")]
pub(super) fn replay(
    setup: &Setup,
    acts: &Acts,
    likeness: Likeness,
    crash: Option<(usize, &str)>,
) -> Result<(), String> {
    let (mut world, points) = record(setup, acts).map_err(|broken| broken.what)?;
    let Some((at, choices)) = crash else {
        return world.end();
    };
    let mut remains = world.remains();
    let point = &points[at];
    remains.promise_only(&point.survivors);
    let torn_writes = point.disk.unsynced_writes();
    println!("known to survive: {:?}", point.survivors);
    show("before the crash", &point.disk);
    point
        .disk
        .crash_by(&mut Choices::of(likeness, choices).unwrap());
    show("after the crash", &point.disk);
    let outcome = guarded(|| remains.recover(point.disk.clone(), torn_writes));
    show("in the end", &point.disk);
    outcome
}

#[expect(clippy::print_stdout, reason = "a case is replayed to be looked at")]
fn show(when: &str, disk: &SimFs) {
    println!("{when}:");
    disk.for_each_snapshot(|file| {
        let text = String::from_utf8_lossy(file.bytes);
        let gone = if file.is_gone { " (gone)" } else { "" };
        println!(
            "  {}{gone} {:?} {text:?}",
            file.path.display(),
            file.unsaved
        );
    });
}

/// Runs a program. Returns where it could crash in its last step.
fn record(setup: &Setup, acts: &Acts) -> Result<(World, Vec<CrashPoint>), Broken> {
    let recording = Arc::new(Mutex::new(Recording::default()));
    let watched = Arc::default();
    let disk = SimFs::with_folder("/base");
    let run = || {
        let mut acts = acts.0.iter().rev();
        let last = acts.next();
        if last.is_none() {
            observe(&disk, &recording, &watched, &[]);
        }
        let mut world = World::on(disk.clone(), setup.clone());
        world.watched = Some(Arc::clone(&watched));
        for act in acts.rev() {
            act.apply(&mut world)?;
        }
        if let Some(last) = last {
            observe(&disk, &recording, &watched, &survivors(&world));
            last.apply(&mut world)?;
        }
        Ok(world)
    };
    let world = guarded(run).map_err(Broken::without_crash)?;
    disk.observe(None);
    let mut points = std::mem::take(&mut recording.lock().unwrap().points);
    points.push(CrashPoint {
        disk: disk.copy(),
        survivors: survivors(&world),
    });
    Ok((world, points))
}

fn survivors(world: &World) -> Vec<usize> {
    let entries = world.entries.iter().enumerate();
    let surviving = entries.filter(|(_, entry)| entry.must == Must::Survive);
    surviving.map(|(number, _)| number).collect()
}

fn observe(
    disk: &SimFs,
    recording: &Arc<Mutex<Recording>>,
    watched: &Arc<Mutex<Vec<Watched>>>,
    survivors: &[usize],
) {
    let (recording, watched) = (Arc::clone(recording), Arc::clone(watched));
    let survivors = survivors.to_owned();
    let each = move |op: FsOp, state: &SimState| {
        let mut recording = recording.lock().unwrap();
        let watched = watched.lock().unwrap();
        let synced = watched.iter().filter(|watched| watched.is_synced());
        let mut survivors = survivors.clone();
        survivors.extend(synced.map(|watched| watched.entry));
        survivors.sort_unstable();
        survivors.dedup();
        let is_as_before = |point: &CrashPoint| point.survivors == survivors;
        let is_unchanged = recording.last.is_some_and(FsOp::only_looks)
            && recording.points.last().is_some_and(is_as_before);
        recording.last = Some(op);
        if !is_unchanged {
            let disk = state.copy();
            recording.points.push(CrashPoint { disk, survivors });
        }
    };
    disk.observe(Some(Box::new(each)));
}

/// Turns a panic into an error, so that it is known what was run.
fn guarded<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
        Err(format!("panics: {}", text.unwrap_or_default()))
    })
}

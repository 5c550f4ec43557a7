//! Programs that follow a tree while its writers are killed: each record comes once, from the
//! stream it was logged to.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use chronologix_reader::{Cursor, LogTree, TreeFollower};

use crate::{
    crowd::{crowd, noon},
    lines::{Found, whole},
    rounds::{self, Dice},
    tally::Tally,
};

const THREADS: u64 = 4;

/// How many writers follow one another in a tree.
const WRITERS: u64 = 3;

#[test]
fn records_of_writers_that_are_killed_come_once() {
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let tally = rounds::play(rounds::either(4, 50), 2, follow_while_killing);
    let shown = ["kills", "restarts", "followed", "doubled", "missing"];
    tally.report("kill -9, followed", &shown, begun);
}

/// A program that follows, and may end after any batch.
struct Program<'b> {
    base: &'b Path,
    follower: TreeFollower,
    /// How often each record came, by its thread and number, and from which stream.
    records: BTreeMap<(u64, u64), Vec<String>>,
}

impl Program<'_> {
    /// Takes a batch. Returns whether there was one.
    fn take(&mut self, dice: &mut Dice, tally: &mut Tally) -> bool {
        let most = 1 + usize::try_from(dice.below(3_000)).unwrap();
        let batch = self.follower.next_batch(most, Duration::from_millis(5));
        let batch = batch.unwrap();
        for record in &batch {
            // What a kill has torn is no record of the crowd.
            if let Some(id) = whole(&record.message()) {
                let streams = self.records.entry(id).or_default();
                streams.push(record.stream().to_owned());
            }
        }
        if dice.below(4) == 0 {
            let kept = serde_json::to_string(&self.follower.cursor()).unwrap();
            let cursor: Cursor = serde_json::from_str(&kept).unwrap();
            self.follower = LogTree::open(self.base).unwrap().follow(cursor).unwrap();
            tally.add("restarts", 1);
        }
        !batch.is_empty()
    }
}

fn follow_while_killing(round: u64) -> Tally {
    let mut dice = Dice::new(round + 1);
    let mut tally = Tally::default();
    let folder = tempfile::tempdir().unwrap();
    let zone = noon();
    let base = folder.path().join("logs");
    let mut program = None;
    for writer in 0..WRITERS {
        let victim = crowd(&base, THREADS)
            .with("timezone", &zone)
            .with("from", writer * 100_000_000)
            .with(
                "filling",
                [0, 100, 5_000][usize::try_from(round % 3).unwrap()],
            )
            .with("rate", 20_000)
            .start();
        assert!(rounds::until(|| base.join(".chronologix.json").exists()));
        let program = program.get_or_insert_with(|| Program {
            base: &base,
            follower: LogTree::open(&base)
                .unwrap()
                .follow(Cursor::start())
                .unwrap(),
            records: BTreeMap::new(),
        });
        let enough = program.records.len() as u64 + dice.below(20_000);
        assert!(rounds::until(|| {
            program.take(&mut dice, &mut tally);
            program.records.len() as u64 >= enough
        }));
        rounds::last(Duration::from_micros(dice.below(5_000)));
        victim.kill();
        tally.add("kills", 1);
    }
    let mut program = program.unwrap();
    while program.take(&mut dice, &mut tally) {}
    let incidents = program.follower.take_incidents();
    tally.expect(incidents.is_empty(), || format!("{incidents:?}"));
    compare(&program, &base, &mut tally);
    tally
}

/// Compares what came with what is in the files of the streams.
fn compare(program: &Program<'_>, base: &Path, tally: &mut Tally) {
    tally.add("followed", program.records.len() as u64);
    let mut expected = 0;
    for (stream, of_stream) in [("app", 0), ("errors", 1)] {
        let found = Found::read(base, stream);
        for thread in (0..THREADS).filter(|thread| thread % 2 == of_stream) {
            for number in found.of(thread).iter().copied() {
                expected += 1;
                let came = program.records.get(&(thread, number));
                let is_once = came.is_some_and(|came| came[..] == [stream]);
                tally.add("missing", u64::from(came.is_none()));
                tally.add(
                    "doubled",
                    u64::from(came.is_some_and(|came| came.len() > 1)),
                );
                tally.expect(is_once, || {
                    format!("record {number} of thread {thread} of {stream} came as {came:?}")
                });
            }
        }
    }
    let followed = program.records.len();
    tally.expect(followed == expected, || {
        format!("{followed} records came, and {expected} were written")
    });
}

//! The program killed at any moment, the receiver stopped and started: each record arrives at least
//! once, and what is repeated was in a request without an answer.

use std::{collections::BTreeMap, thread};

use crate::{
    receiver::{Receiver, attribute, body},
    tree::{Tree, follow, once, printed},
};

/// How much is done: a little, or with `CHRONOLOGIX_FAULTS=full` all that the promise is about.
struct Extent {
    records: usize,
    kills: usize,
    stops: usize,
}

fn extent() -> Extent {
    match std::env::var("CHRONOLOGIX_FAULTS").as_deref() {
        Ok("full") => Extent {
            records: 1_000_000,
            kills: 50,
            stops: 10,
        },
        _ => Extent {
            records: 40_000,
            kills: 10,
            stops: 4,
        },
    }
}

#[test]
fn killed_shippers_and_stopped_receivers_lose_nothing() {
    let Extent {
        records,
        kills,
        stops,
    } = extent();
    let mut tree = Tree::new();
    let receiver = Receiver::start([]);
    receiver.forget_requests();
    let (folders, rounds) = (6, kills + stops);
    let mut shipper = follow(&tree.path(), &receiver.url());
    for round in 0..rounds {
        tree.log(records / rounds);
        if round % rounds.div_ceil(folders) == 0 {
            tree.roll_over();
        }
        // Somewhere in what is being sent: each round at another point.
        let target = tree.written() * (round * 37 % 10) / 10;
        receiver.wait_for(target.max(receiver.count()));
        if round % rounds.div_ceil(stops) == 0 {
            receiver.stop();
            thread::yield_now();
            receiver.start_again();
        } else {
            shipper.kill().unwrap();
            shipper.wait().unwrap();
            shipper = follow(&tree.path(), &receiver.url());
        }
    }
    shipper.kill().unwrap();
    shipper.wait().unwrap();
    let output = once(&tree.path(), &receiver.url()).output().unwrap();
    assert_eq!(printed(&output).0, Some(0), "{output:?}");

    let records = receiver.records(tree.written());
    let mut found: BTreeMap<usize, Vec<(String, usize)>> = BTreeMap::new();
    for it in &records {
        let number = body(&it.record)
            .strip_prefix("record ")
            .unwrap()
            .parse()
            .unwrap();
        let key = attribute(&it.record, "chronologix.key").unwrap();
        found.entry(number).or_default().push((key, it.request));
    }
    let missing = (0..tree.written()).filter(|number| !found.contains_key(number));
    assert_eq!(missing.collect::<Vec<_>>(), [0; 0]);
    let mut repeated = 0;
    for (number, places) in &found {
        let (key, first) = &places[0];
        for (other, request) in &places[1..] {
            assert_eq!(other, key, "record {number} has two keys");
            assert_ne!(request, first, "record {number} is twice in one request");
            repeated += 1;
        }
    }
    // A request in flight has 8,192 records at most, and each kill or stop leaves one.
    assert!(repeated <= (kills + stops) * 8192, "{repeated}");
}

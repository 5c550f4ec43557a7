//! The caller's way into its lane, and the writer's merge. Divide by the records of a round, which are named in each bench.
//!
//! ```sh
//! cargo bench -p chronologix-core --features testing --bench queue
//! ```

use chronologix_core::internals::bench::{Hole, HoleRaw as _, Road};
use divan::{Bencher, black_box, counter::ItemsCount};

/// Records of a round: they fit in the first ring of a lane.
const RECORDS: usize = 1_000;

/// Bytes a lane may hold.
const CAPACITY: usize = 1 << 20;

fn main() {
    divan::main();
}

/// Puts a round of records into lanes that take turns.
fn fill(road: &mut Road, lanes: usize) {
    for index in 0..RECORDS {
        let (number, price, name) = black_box((100_000 + index as u64, 101.25, "ACME-17"));
        let wire = (
            Hole(&number).__wire(format_args!("")),
            (
                Hole(&price).__wire(format_args!("")),
                (Hole(&name).__wire(format_args!("")), ()),
            ),
        );
        assert!(road.put(index % lanes, &wire), "there is room");
    }
}

/// Stamps 1,000 records with an integer, a float and a short text, and puts them into one lane.
#[divan::bench]
fn put(bencher: Bencher<'_, '_>) {
    let mut road = Road::new(1, CAPACITY);
    bencher.counter(ItemsCount::new(RECORDS)).bench_local(|| {
        fill(&mut road, 1);
        // Part of the time, but a small one: compare with `merge`.
        road.merge()
    });
}

/// Takes 1,000 records out of so many lanes, in the order of their stamps.
#[divan::bench(args = [1, 4, 64])]
fn merge(bencher: Bencher<'_, '_>, lanes: usize) {
    bencher
        .counter(ItemsCount::new(RECORDS))
        .with_inputs(|| {
            let mut road = Road::new(lanes, CAPACITY);
            fill(&mut road, lanes);
            road
        })
        .bench_local_values(|mut road| {
            let records = road.merge();
            (road, records)
        });
}

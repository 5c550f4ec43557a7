//! The timeline, beside a world whose time is known.

use proptest::prelude::*;

use super::{ClockReading, NOISE, Timeline};

/// The wall clock when the world began.
const BEGIN: i64 = 1_700_000_000_000_000_000;

/// What happens between two readings.
#[derive(Clone, Debug)]
struct Round {
    /// Nanoseconds that it takes.
    nanos: u64,
    /// When in it records are made, in thousandths.
    records: Vec<u64>,
    /// Nanoseconds by which the clocks are read apart in the reading behind it, and which of them
    /// too early.
    apart: u64,
    share: u64,
}

fn rounds() -> impl Strategy<Value = Vec<Round>> {
    let nanos = prop_oneof![
        2_000..100_000_u64,
        1_000_000..3_000_000_u64,
        1..20_000_000_000_u64
    ];
    let round = (
        nanos,
        proptest::collection::vec(0..1000_u64, 0..5),
        0..300_u64,
        0..=100_u64,
    )
        .prop_map(|(nanos, mut records, apart, share)| {
            records.sort_unstable();
            Round {
                nanos,
                records,
                apart,
                share,
            }
        });
    proptest::collection::vec(round, 1..40)
}

/// A world with a counter of some rate, and clocks.
struct World {
    /// Ticks a microsecond.
    rate: u64,
    nanos: u64,
    wall_ahead: i64,
}

impl World {
    fn ticks(&self, nanos: u64) -> u64 {
        let ticks = u128::from(nanos) * u128::from(self.rate) / 1000;
        u64::try_from(ticks).unwrap() + 12_345_678
    }

    fn wall(&self, nanos: u64) -> i64 {
        BEGIN + i64::try_from(nanos).unwrap() + self.wall_ahead
    }

    /// A reading now, taken in `apart` nanoseconds; it may misjudge the monotonic clock by half of
    /// them.
    fn read(&self, apart: u64, share: u64) -> ClockReading {
        ClockReading {
            ticks: self.ticks(self.nanos),
            mono: self.nanos + 1_000_000 + apart * share / 100 - apart / 2,
            wall: self.wall(self.nanos),
            uncertainty: apart,
        }
    }
}

proptest! {
    #[test]
    fn instants_are_right_to_the_noise_and_never_go_back(rounds in rounds(), rate in 300..6_000_u64) {
        let mut world = World { rate, nanos: 1_000, wall_ahead: 0 };
        let mut timeline = Timeline::new(world.read(100, 50));
        let mut last = i64::MIN;
        for round in rounds {
            let begin = world.nanos;
            world.nanos += round.nanos;
            timeline.advance(world.read(round.apart, round.share));
            for record in &round.records {
                let at = begin + round.nanos * record / 1000;
                let seen = timeline.wall_at(world.ticks(at));
                // A tick of a slow counter, and both readings' noise.
                prop_assert!(seen.abs_diff(world.wall(at)) <= 3 * 300 + NOISE + 4, "{seen} {}", world.wall(at));
                prop_assert!(last <= seen);
                last = seen;
            }
            prop_assert!(last <= timeline.now().wall);
            last = timeline.now().wall;
        }
    }

    #[test]
    fn a_step_of_the_wall_clock_is_taken_over_with_the_next_sample(
        rounds in rounds(),
        step in prop_oneof![-86_400_000_000_000..-10_000_i64, 10_000..86_400_000_000_000_i64],
    ) {
        let mut world = World { rate: 2_600, nanos: 1_000, wall_ahead: 0 };
        let mut timeline = Timeline::new(world.read(100, 50));
        let half = rounds.len() / 2;
        for (at, round) in rounds.into_iter().enumerate() {
            if at == half {
                world.wall_ahead = step;
            }
            world.nanos += round.nanos;
            timeline.advance(world.read(round.apart, round.share));
            let differs = timeline.now().wall.abs_diff(world.wall(world.nanos));
            prop_assert!(differs <= 3 * 300 + NOISE, "{differs}");
        }
    }

    /// As a counter may that was reset while the machine slept, or that is another after the
    /// machine was moved.
    #[test]
    fn a_counter_that_jumps_gives_no_instant_outside_of_what_was_seen(
        before in 0..u64::MAX, after in 0..u64::MAX, record in 0..u64::MAX,
    ) {
        let reading = |ticks, nanos: u64| ClockReading {
            ticks,
            mono: nanos,
            wall: BEGIN + i64::try_from(nanos).unwrap(),
            uncertainty: 0,
        };
        let mut timeline = Timeline::new(reading(before, 5_000_000));
        timeline.advance(reading(before.saturating_add(3_000_000), 6_000_000));
        timeline.advance(reading(after, 7_000_000));
        let seen = timeline.wall_at(record);
        prop_assert!((BEGIN..=BEGIN + 7_000_000).contains(&seen), "{}", seen - BEGIN);
    }
}

#[test]
fn a_record_held_for_long_has_its_own_time() {
    let mut world = World {
        rate: 2_600,
        nanos: 0,
        wall_ahead: 0,
    };
    let mut timeline = Timeline::new(world.read(50, 50));
    // Ten minutes, a reading each millisecond but for the first, when the record is made.
    world.nanos = 500_000;
    let (held, made) = (world.ticks(world.nanos), world.wall(world.nanos));
    for _ in 0..600_000 {
        world.nanos += 1_000_000;
        timeline.advance(world.read(100, world.nanos / 1_000_000 * 37 % 100));
    }
    let seen = timeline.wall_at(held);
    assert!(seen.abs_diff(made) < 20_000, "{}", seen - made);
}

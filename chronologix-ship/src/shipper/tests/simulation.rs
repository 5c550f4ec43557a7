//! A thousand shippers and a receiver that is away for a while, by a clock that jumps from event to
//! event: what they decide is what the program decides.

use std::{cmp::Reverse, collections::BinaryHeap, time::Duration};

use crate::{
    batch::shipment_age,
    retry::{Experience, Outcome, Verdict, verdict, wait},
};

const SHIPPERS: usize = 1000;

/// Records that each program logs in a second.
const LOGGED: u64 = 10_000;

/// Records of one request.
const BATCH: u64 = 8192;

/// Requests that the receiver answers with success in a second; the others get 503.
const CAPACITY: u64 = 2000;

/// From the request to the answer, in milliseconds.
const ANSWER: u64 = 50;

/// When the receiver goes away, in seconds.
const GONE: u64 = 20;

/// One shipper.
#[derive(Clone, Copy, Debug, Default)]
struct Shipper {
    sent: u64,
    failed: u32,
}

/// What was seen in each second.
#[derive(Clone, Copy, Debug, Default)]
struct Second {
    /// Requests.
    tries: u64,
    /// Those that were answered with success.
    taken: u64,
    /// Those after another that had failed.
    returning: u64,
    /// The most records that a shipper had to send.
    lag: u64,
}

/// Returns the next number of a generator (xorshift).
fn next_random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

fn logged(at: u64) -> u64 {
    at * LOGGED / 1000
}

/// Runs `seconds`, with a receiver that is back at second `back`.
fn simulate(back: u64, seconds: u64) -> Vec<Second> {
    let mut shippers = [Shipper::default(); SHIPPERS];
    let mut seen = vec![Second::default(); usize::try_from(seconds).unwrap()];
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    // Each starts at a moment of its own within the first second.
    let starts = (0..SHIPPERS).map(|at| Reverse((at as u64, at)));
    let mut next: BinaryHeap<_> = starts.collect();
    while let Some(Reverse((now, at))) = next.pop().filter(|it| it.0.0 < seconds * 1000) {
        let (shipper, second) = (&mut shippers[at], now / 1000);
        let during = &mut seen[usize::try_from(second).unwrap()];
        let lag = logged(now) - shipper.sent;
        during.lag = lag.max(during.lag);
        if lag < BATCH && shipper.failed == 0 {
            // A request is complete after a second at the latest.
            let rest = (BATCH - lag) * 1000 / LOGGED + 1;
            next.push(Reverse((now + rest.min(1000), at)));
            continue;
        }
        during.tries += 1;
        during.returning += u64::from(shipper.failed > 0);
        let outcome = match second {
            second if (GONE..back).contains(&second) => Outcome::NoAnswer,
            _ => Outcome::Answered {
                status: if during.taken < CAPACITY { 200 } else { 503 },
                retry_after: None,
            },
        };
        let known = Experience {
            has_worked: true,
            is_encoding_rare: false,
        };
        let pause = match verdict(&outcome, 1, known) {
            Verdict::Delivered => {
                during.taken += 1;
                shipper.sent += lag.min(BATCH);
                shipper.failed = 0;
                Duration::ZERO
            }
            Verdict::TryAgain { asked } => {
                shipper.failed += 1;
                wait(shipper.failed, asked, next_random(&mut random))
            }
            other => panic!("{other:?}"),
        };
        let pause = u64::try_from(pause.as_millis()).unwrap();
        next.push(Reverse((now + ANSWER + pause, at)));
    }
    seen
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "figures for the docs, seen with --nocapture"
)]
fn a_thousand_shippers_recover_from_an_outage_without_a_herd() {
    let is_full = std::env::var("CHRONOLOGIX_FAULTS").is_ok_and(|it| it == "full");
    let (outage, seconds) = if is_full { (600, 2000) } else { (60, 240) };
    let back = GONE + outage;
    let seen = simulate(back, seconds);
    let of = |range: std::ops::Range<u64>| {
        &seen[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()]
    };
    let tries = |range| of(range).iter().map(|it| it.tries);
    let lost = tries(GONE..GONE + 5).max().unwrap();
    let away = tries(GONE + 45..back).max().unwrap();
    let returning = of(back..back + 30)
        .iter()
        .map(|it| it.returning)
        .max()
        .unwrap();
    let later = tries(back..seconds).max().unwrap();
    let caught_up = of(back..seconds).iter().position(|it| it.lag < 2 * BATCH);
    println!(
        "requests a second, at most: {lost} in the first 5 s without the receiver, {away} later, \
         {returning} of those that had failed after its return, {later} of all after it. Lag at \
         most {} records, caught up after {caught_up:?} s",
        seen.iter().map(|it| it.lag).max().unwrap()
    );
    // The longest wait is 30 s, so those that wait try over 30 s and not at once.
    assert!(away < 100, "{away}");
    // What is refused is not tried so often that the receiver has more to refuse than to take.
    assert!(later < 2 * CAPACITY, "{later}");
    // What was logged meanwhile is sent with what of the capacity is free.
    let free = CAPACITY - SHIPPERS as u64 * LOGGED / BATCH;
    let backlog = SHIPPERS as u64 * logged(outage * 1000) / BATCH;
    let ideal = backlog / free;
    let took = caught_up.expect("it catches up") as u64;
    assert!(
        took < ideal * 6 / 5 + 30,
        "{took} s, where {ideal} s would do"
    );
}

/// Returns how many requests a thousand shippers send in each of so many hundredths of a second,
/// if all start in one millisecond, log little, and send when the first record has waited enough.
fn send_by_age(hundredths: usize, mut age: impl FnMut() -> Duration) -> Vec<u64> {
    let mut sent = vec![0; hundredths];
    for _ in 0..SHIPPERS {
        // The first record of the next shipment comes at once.
        let mut now = Duration::ZERO;
        loop {
            now += age();
            let at = usize::try_from(now.as_millis() / 10).unwrap();
            let Some(during) = sent.get_mut(at) else {
                break;
            };
            *during += 1;
        }
    }
    sent
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "figures for the docs, seen with --nocapture"
)]
fn shippers_that_start_at_one_moment_do_not_stay_in_step() {
    let limit = Duration::from_secs(1);
    let all = SHIPPERS as u64;
    // Without a random part, all of them send at once, each second.
    let in_step = send_by_age(3000, || limit);
    assert_eq!(in_step.iter().max(), Some(&all));

    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let sent = send_by_age(3000, || shipment_age(limit, next_random(&mut random)));
    let most = |seconds: std::ops::Range<usize>| {
        let during = &sent[seconds.start * 100..seconds.end * 100];
        during.iter().copied().max().unwrap()
    };
    let (first, soon, later) = (most(0..1), most(5..10), most(10..30));
    println!("requests in 10 ms, at most: {first} at first, {soon} after 5 s, {later} after 10 s");
    // Spread over half a second at once, and evenly soon: a hundredth has 13 on average.
    assert!(first < all / 20, "{first}");
    assert!(soon < all / 25, "{soon}");
    assert!(later < all / 30, "{later}");
}

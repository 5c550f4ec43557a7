//! Random programs against a writer whose disk refuses, forgets and is plundered, and the rules
//! that hold all the same.
//!
//! Nothing here has a thread of its own: a [`program`] logs, polls, lets the writer work a round,
//! and breaks things, one step after another, in a [`world`]. That knows what was promised of each
//! record ([`ledger`]), reads what stands in the files ([`shelf`]), and holds it against the rules
//! ([`check`]).

mod check;
mod exhaustion;
mod ledger;
mod life;
mod program;
mod shelf;
mod sweep;
mod world;

use std::{
    cell::Cell,
    env,
    hash::{BuildHasher, RandomState},
    thread,
};

use proptest::test_runner::{
    Config as ProptestConfig, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner,
};

use self::{
    program::programs,
    world::{Seen, World},
};
use super::poll_once;

/// Programs in one run of the tests. The variable `CRASH_MODEL_CASES` asks for another number.
const CASES: u64 = 10_000;

/// The variable that says with which seed to begin, a number or `random`; the programs that follow
/// have those that follow.
const SEED: &str = "CRASH_MODEL_SEED";

/// The first seed unless another is asked for, so that a run of the tests can be repeated.
const FIRST_SEED: u64 = 0;

/// Threads that share the work.
const WORKERS: u64 = 2;

#[test]
fn whatever_happens_the_rules_hold() {
    let number = |name| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let first = if env::var(SEED).as_deref() == Ok("random") {
        RandomState::new().hash_one(CASES)
    } else {
        number(SEED).unwrap_or(FIRST_SEED)
    };
    let cases = number("CRASH_MODEL_CASES").unwrap_or(CASES);
    let work = |worker| {
        crate::stderr::mute();
        let mine = (0..cases).filter(move |case| case % WORKERS == worker);
        mine.map(|case| run(first.wrapping_add(case))).collect()
    };
    let seen = thread::scope(|scope| {
        let workers = (0..WORKERS).map(|worker| scope.spawn(move || work(worker)));
        let workers = workers.collect::<Vec<_>>();
        let done = workers.into_iter().map(|worker| worker.join().unwrap());
        done.collect::<Result<Vec<Vec<Seen>>, String>>()
    });
    let seen = seen.unwrap_or_else(|broken| panic!("{broken}")).concat();
    assert_eq!(seen.len() as u64, cases);
    for (what, cases_with_it) in Seen::count(&seen) {
        assert!(
            cases_with_it as u64 >= cases / 100,
            "{what}: {cases_with_it}"
        );
    }
}

/// Runs the program of a seed. If a rule is broken, gives the smallest program that was found to
/// break one.
fn run(seed: u64) -> Result<Seen, String> {
    let config = ProptestConfig {
        cases: 1,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    };
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    // The quick one: programs take less time than the best of random numbers for them would.
    let rng = TestRng::from_seed(RngAlgorithm::XorShift, &bytes);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let found = Cell::new(Seen::default());
    let outcome = runner.run(&programs(), |program| {
        let outcome = World::run(&program).map_err(TestCaseError::fail);
        outcome.map(|of_this_program| found.set(of_this_program))
    });
    let again = || format!("again: {SEED}={seed} cargo test -p chronologix-core --lib crash_model");
    match outcome {
        Ok(()) => Ok(found.get()),
        Err(TestError::Fail(broken, program)) => {
            Err(format!("{broken}\n\nby {program}\n\n{}", again()))
        }
        Err(TestError::Abort(broken)) => Err(format!("{broken}\n\n{}", again())),
    }
}

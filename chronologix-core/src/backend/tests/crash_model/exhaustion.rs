//! Every program of a few steps, crashed at every operation, with every subset of what was not
//! synced.
//!
//! A program is a word of [letters](step::Act). It crashes before each operation on the disk, and a
//! writer goes on from each state that is legal then. States that are [alike](Likeness), with the
//! same promises, are judged once.

mod explore;
mod step;

use std::{
    env,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use self::{
    explore::{Explored, Known, explore, replay},
    step::Acts,
};
use super::program::Setup;
use crate::{Durability, fs::tests::sim::Likeness};

/// Steps of the longest programs in a run of the tests. The variable `EXHAUSTION_STEPS` asks for
/// more.
const STEPS: usize = 2;

/// Steps up to which each state is judged that differs from others in anything. Those of longer
/// programs are judged if they differ in what has content. The variable `EXHAUSTION_EXACT_STEPS`
/// asks for more.
const EXACT_STEPS: usize = 0;

/// The variable that says which case to run again, as a failure prints it.
const CASE: &str = "EXHAUSTION_CASE";

/// Threads that share the work.
const WORKERS: usize = 2;

/// How loggers are set up, by name.
fn setups() -> [(&'static str, Setup); 3] {
    let plain = Setup {
        streams: 2,
        durabilities: [Durability::Queued; 4],
        ..Setup::plain()
    };
    let small = Setup {
        durabilities: [Durability::Synced; 4],
        json: [false; 4],
        most_bytes: Some(100),
        ..plain.clone()
    };
    let headers = Setup {
        json: [true, false, false, false],
        headers: true,
        ..plain.clone()
    };
    [("plain", plain), ("small", small), ("headers", headers)]
}

/// `setup:letters`, and `:point:choices` if there was a crash.
fn run_again(case: &str) -> Result<(), String> {
    let mut parts = case.split(':');
    let mut next = || parts.next().unwrap_or_default();
    let (name, letters, point, choices) = (next(), next(), next(), next());
    let (_, setup) = setups().into_iter().find(|(it, _)| *it == name).unwrap();
    let acts = Acts::of_letters(letters).unwrap();
    // The choices of an exact crash begin with a letter.
    let exact = choices.strip_prefix('x');
    let likeness = exact.map_or(Likeness::Content, |_| Likeness::Exact);
    let choices = exact.unwrap_or(choices);
    let crash = point.parse().ok().map(|point| (point, choices));
    replay(&setup, &acts, likeness, crash)
}

#[test]
#[expect(clippy::print_stdout, reason = "how much was explored is the result")]
fn each_crash_of_each_short_program_keeps_the_promises() {
    crate::stderr::mute();
    if let Ok(case) = env::var(CASE) {
        run_again(&case).unwrap();
        return;
    }
    let number = |name, usual| env::var(name).map_or(usual, |text| text.parse().unwrap());
    let most = number("EXHAUSTION_STEPS", STEPS);
    let exact = number("EXHAUSTION_EXACT_STEPS", EXACT_STEPS);
    let begun = Instant::now();
    let mut all = Explored::default();
    let mut broken = Vec::new();
    for (name, setup) in setups() {
        // The first is the one that most have.
        let most = if name == "plain" { most } else { most - 1 };
        let (explored, broken_here) = explore_all(name, &setup, most, exact);
        let took = begun.elapsed();
        println!("{name}, up to {most} steps: {explored:?}, {took:?}");
        all += explored;
        broken.extend(broken_here);
    }
    println!("{} states, {} unlike all others", all.states, all.distinct);
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
    assert!(all.states >= 10_000, "{all:?}");
}

/// Explores all programs. Returns the first cases that break a rule, as text.
fn explore_all(name: &str, setup: &Setup, most: usize, exact: usize) -> (Explored, Vec<String>) {
    let programs = Acts::up_to(most);
    let next = AtomicUsize::new(0);
    let judged_exactly = Known::by(Likeness::Exact);
    let judged_by_content = Known::by(Likeness::Content);
    let outcome = Mutex::new((Explored::default(), Vec::new()));
    let work = || {
        crate::stderr::mute();
        while let Some(acts) = programs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (known, mark) = if acts.0.len() <= exact {
                (&judged_exactly, "x")
            } else {
                (&judged_by_content, "")
            };
            let explored = explore(setup, acts, known);
            let mut outcome = outcome.lock().unwrap_or_else(PoisonError::into_inner);
            match explored {
                Ok(explored) => outcome.0 += explored,
                Err(broken) => {
                    let crash = broken
                        .crash
                        .map(|(at, chosen)| format!(":{at}:{mark}{chosen}"));
                    let case = format!("{name}:{acts}{}", crash.unwrap_or_default());
                    outcome.1.push(format!(
                        "{}\nby {:?}\nagain: {CASE}={case} cargo test -p chronologix-core --lib \
                         exhaustion -- --nocapture",
                        broken.what, acts.0
                    ));
                }
            }
            if outcome.1.len() >= 20 {
                return;
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(work);
        }
    });
    outcome.into_inner().unwrap()
}

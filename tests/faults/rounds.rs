//! How often a fault is tried, and how much goes on at once.

use std::{
    sync::{
        Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::tally::Tally;

/// Readers share the machine; a writer has it for itself.
static MACHINE: RwLock<()> = RwLock::new(());

/// Whether every fault is tried as often as it takes.
pub(crate) fn are_full() -> bool {
    std::env::var("CHRONOLOGIX_FAULTS").is_ok_and(|size| size == "full")
}

/// `few` in a plain run, `many` in a full one.
pub(crate) fn either<T>(few: T, many: T) -> T {
    if are_full() { many } else { few }
}

/// For tests that may run beside others.
pub(crate) fn beside_others() -> RwLockReadGuard<'static, ()> {
    MACHINE.read().unwrap_or_else(PoisonError::into_inner)
}

/// For tests that measure how long something takes.
pub(crate) fn alone() -> RwLockWriteGuard<'static, ()> {
    MACHINE.write().unwrap_or_else(PoisonError::into_inner)
}

/// Plays so many rounds, `abreast` of them at a time, and adds up what came of them.
pub(crate) fn play(rounds: u64, abreast: usize, round: impl Fn(u64) -> Tally + Sync) -> Tally {
    let next = AtomicU64::new(0);
    let sum = Mutex::new(Tally::default());
    thread::scope(|scope| {
        for _ in 0..abreast {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= rounds {
                        break;
                    }
                    let tally = round(number);
                    sum.lock().unwrap().add_all(number, tally);
                }
            });
        }
    });
    sum.into_inner().unwrap()
}

/// Lets a fault last, or a load have its rate. Never used to wait for something to come true.
pub(crate) fn last(time: Duration) {
    let begun = Instant::now();
    while let Some(left) = time.checked_sub(begun.elapsed()) {
        thread::park_timeout(left);
    }
}

/// Waits until `holds`, looking often. `false` after a minute.
pub(crate) fn until(holds: impl FnMut() -> bool) -> bool {
    until_within(Duration::from_secs(60), holds)
}

/// Waits until `holds`, looking often. `false` after this time.
pub(crate) fn until_within(time: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while !holds() {
        if begun.elapsed() > time {
            return false;
        }
        thread::park_timeout(Duration::from_micros(200));
    }
    true
}

/// Numbers that look random and are the same in every run of a round.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % end
    }
}

//! What came of all rounds of a test: counts for people, and problems, which fail it.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{self, Write as _},
    time::Instant,
};

/// Problems shown.
const MOST_SHOWN: usize = 12;

/// And so much of each.
const MOST_CHARS: usize = 400;

/// Counts and problems.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: BTreeMap<&'static str, u64>,
    /// The largest value of each.
    peaks: BTreeMap<&'static str, u64>,
    problems: Vec<String>,
}

impl Tally {
    pub(crate) fn add(&mut self, what: &'static str, by: u64) {
        *self.counts.entry(what).or_default() += by;
    }

    pub(crate) fn peak(&mut self, what: &'static str, value: u64) {
        let peak = self.peaks.entry(what).or_default();
        *peak = value.max(*peak);
    }

    pub(crate) fn problem(&mut self, text: impl Into<String>) {
        self.problems.push(text.into());
    }

    /// A problem unless `holds`.
    pub(crate) fn expect(&mut self, holds: bool, text: impl FnOnce() -> String) {
        if !holds {
            self.problem(text());
        }
    }

    /// Takes in what came of one round.
    pub(crate) fn add_all(&mut self, round: u64, other: Self) {
        for (what, by) in other.counts {
            self.add(what, by);
        }
        for (what, value) in other.peaks {
            self.peak(what, value);
        }
        let told = other.problems.into_iter();
        self.problems
            .extend(told.map(|problem| format!("round {round}: {problem}")));
    }

    /// Prints one line with the counts of `shown`, in this order, and fails if there was a problem.
    #[track_caller]
    pub(crate) fn report(self, title: &str, shown: &[&str], begun: Instant) {
        assert!(self.show(title, shown, begun), "{title}: see above");
    }

    /// Prints one line with the counts of `shown`, in this order, and then the problems. Whether
    /// there are none.
    pub(crate) fn show(&self, title: &str, shown: &[&str], begun: Instant) -> bool {
        let mut line = format!("{title}: ");
        for (at, what) in shown.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            if let Some(peak) = self.peaks.get(what) {
                let _ = write!(line, "{comma}{what} {}", grouped(*peak));
            } else {
                let count = self.counts.get(what).copied().unwrap_or_default();
                let _ = write!(line, "{comma}{} {what}", grouped(count));
            }
        }
        let problems = self.problems.len();
        if problems > 0 {
            let _ = write!(line, ", PROBLEMS {problems}");
        }
        let _ = write!(line, " ({:.1} s)", begun.elapsed().as_secs_f64());
        for problem in self.problems.iter().take(MOST_SHOWN) {
            let start = problem.chars().take(MOST_CHARS).collect::<String>();
            let _ = write!(line, "\n    {start}");
        }
        say(&line);
        problems == 0
    }
}

/// Prints a line past the capture of the test harness.
pub(crate) fn say(line: &str) {
    let _ = io::stdout().write_all(format!("{line}\n").as_bytes());
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

//! What is new, gone, or much more or less frequent in some records than in others.

use std::cmp::Ordering;

use chronologix_schema::Level;

use super::{
    found::{Pattern, Patterns},
    table::{PatternCount, PatternTable},
};

#[cfg(test)]
mod tests;

/// By how much the number of records must change.
const LEAST_RATIO: f64 = 2.0;

/// The least likelihood ratio of a change: a chance of 0.1 % with one degree of freedom.
const LEAST_LIKELIHOOD: f64 = 10.83;

/// How a pattern changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// There were no records of it before.
    New,
    /// There are no records of it any more.
    Gone,
    /// There are more.
    More,
    /// There are fewer.
    Fewer,
}

impl ChangeKind {
    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Gone => "gone",
            Self::More => "more",
            Self::Fewer => "fewer",
        }
    }
}

/// A pattern that changed.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternChange {
    /// How.
    pub kind: ChangeKind,
    /// The pattern, with the counts of all its records.
    pub pattern: Pattern,
    /// The counts now.
    pub now: PatternCount,
    /// The counts before.
    pub before: PatternCount,
    /// How unlikely the change is by chance: the logarithm of the likelihood ratio, doubled.
    ///
    /// Source: Dunning, "Accurate Methods for the Statistics of Surprise and Coincidence",
    /// Computational Linguistics 19 (1993). Unlike chi-square, it holds for rare events as well.
    pub likelihood: f64,
}

impl PatternChange {
    /// Returns whether it is a new pattern with records of level error or higher.
    pub fn is_new_error(&self) -> bool {
        self.kind == ChangeKind::New && self.now.highest_level() >= Some(Level::Error)
    }
}

/// How much was looked at now and before: spans of time, or records. Only their ratio counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exposure {
    /// Now.
    pub now: f64,
    /// Before.
    pub before: f64,
}

/// Returns the patterns that changed. New ones of level error or higher come first, then those
/// whose change is the least likely. A pattern that is not new has at least twice or half as many
/// records, and that is no chance.
pub fn diff(now: &PatternTable, before: &PatternTable, exposure: Exposure) -> Vec<PatternChange> {
    let patterns = Patterns::of(now.clone().with_all(before.clone()));
    let (now, before) = (patterns.counts_of(now), patterns.counts_of(before));
    let rows = patterns.rows().iter().zip(now.into_iter().zip(before));
    let changes = rows.filter_map(|(pattern, (now, before))| {
        let likelihood = likelihood(now.records, before.records, exposure);
        let kind = kind(now.records, before.records, likelihood, exposure)?;
        Some(PatternChange {
            kind,
            pattern: pattern.clone(),
            now,
            before,
            likelihood,
        })
    });
    let mut changes: Vec<PatternChange> = changes.collect();
    changes.sort_by(|one, other| {
        let errors = other.is_new_error().cmp(&one.is_new_error());
        let likelihood = other.likelihood.partial_cmp(&one.likelihood);
        errors
            .then(likelihood.unwrap_or(Ordering::Equal))
            .then_with(|| one.pattern.text.cmp(&other.pattern.text))
    });
    changes
}

/// Returns how a pattern changed, if it did.
fn kind(now: u64, before: u64, likelihood: f64, exposure: Exposure) -> Option<ChangeKind> {
    if before == 0 {
        return (now > 0).then_some(ChangeKind::New);
    }
    if likelihood < LEAST_LIKELIHOOD {
        return None;
    }
    let (now, before) = (count(now) / exposure.now, count(before) / exposure.before);
    if now == 0.0 {
        Some(ChangeKind::Gone)
    } else if now >= before * LEAST_RATIO {
        Some(ChangeKind::More)
    } else if before >= now * LEAST_RATIO {
        Some(ChangeKind::Fewer)
    } else {
        None
    }
}

/// Returns how unlikely the numbers of records are if nothing changed.
fn likelihood(now: u64, before: u64, exposure: Exposure) -> f64 {
    let (now, before) = (count(now), count(before));
    let all = exposure.now + exposure.before;
    let term = |seen: f64, exposure: f64| {
        let expected = (now + before) * exposure / all;
        if seen > 0.0 && expected > 0.0 {
            seen * (seen / expected).ln()
        } else {
            0.0
        }
    };
    2.0 * (term(now, exposure.now) + term(before, exposure.before))
}

#[expect(clippy::cast_precision_loss, reason = "a ratio needs few digits")]
fn count(records: u64) -> f64 {
    records as f64
}

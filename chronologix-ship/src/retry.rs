//! What becomes of a batch after an answer or a failure, and how long to wait before the next try.
//! Pure: times and random numbers are handed in.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

/// The longest wait after the first failure.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The longest wait between two tries, unless the receiver asks for more.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The longest wait that a receiver can ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(3600);

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// With a status, and what the header `Retry-After` asks for.
    Answered {
        status: u16,
        retry_after: Option<Duration>,
    },
    /// Without an answer: no connection, a connection that broke, no time left.
    NoAnswer,
    /// Without a connection, for a reason that another try does not change: the name of the host,
    /// the certificate.
    NoConnection,
}

/// What to do with the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It arrived.
    Delivered,
    /// It is sent again, after at least what the receiver asks for.
    TryAgain { asked: Option<Duration> },
    /// It is too large, and sent in halves.
    Split,
    /// The receiver will never take it: it goes to the file of rejected records.
    SetAside,
    /// Nothing can be sent before the settings are changed.
    GiveUp,
}

/// What is known of a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Experience {
    /// It has taken a batch since the start: then what looks like a wrong setting may be a receiver
    /// that is being replaced, and is waited for.
    pub(crate) has_worked: bool,
    /// Bodies are compressed in a way that not every receiver reads. Some answer those with 400.
    pub(crate) is_encoding_rare: bool,
}

/// Decides what becomes of a batch of `records` records.
pub(crate) fn verdict(outcome: &Outcome, records: usize, known: Experience) -> Verdict {
    let has_worked = known.has_worked;
    let (status, asked) = match outcome {
        Outcome::Answered {
            status,
            retry_after,
        } => (*status, *retry_after),
        Outcome::NoAnswer => return Verdict::TryAgain { asked: None },
        Outcome::NoConnection if has_worked => return Verdict::TryAgain { asked: None },
        Outcome::NoConnection => return Verdict::GiveUp,
    };
    match status {
        200..=299 => Verdict::Delivered,
        408 | 425 | 429 | 500..=599 => Verdict::TryAgain { asked },
        413 if records > 1 => Verdict::Split,
        400 if known.is_encoding_rare && !has_worked => Verdict::GiveUp,
        // Address, credentials, encoding: these are not about the batch.
        300..=399 | 401 | 403 | 404 | 405 | 407 | 415 | 421 | 426 => {
            if has_worked {
                Verdict::TryAgain { asked }
            } else {
                Verdict::GiveUp
            }
        }
        _ => Verdict::SetAside,
    }
}

/// The tries of a request that fail in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tries {
    begun: Instant,
    failed: u32,
    /// `None`: it is tried for as long as it takes.
    patience: Option<Duration>,
}

impl Tries {
    /// Begins before the first try.
    pub(crate) fn begin(now: Instant, patience: Option<Duration>) -> Self {
        Self {
            begun: now,
            failed: 0,
            patience,
        }
    }

    /// Counts a try that failed. Returns how long to wait before the next one, `None` if there is
    /// none: it was tried for long enough. `asked` is what the receiver asks for, `random` any
    /// number.
    pub(crate) fn failed(
        &mut self,
        now: Instant,
        asked: Option<Duration>,
        random: u64,
    ) -> Option<Duration> {
        self.failed += 1;
        let is_over = self.patience.is_some_and(|most| self.lasted(now) >= most);
        (!is_over).then(|| wait(self.failed, asked, random))
    }

    /// Returns how many tries failed.
    pub(crate) fn count(&self) -> u32 {
        self.failed
    }

    /// Returns how long it has been tried.
    pub(crate) fn lasted(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.begun)
    }
}

/// Returns how long to wait before a try. `failed` tries have failed in a row, `random` is any
/// number.
///
/// The wait is anything from nothing to a limit that doubles with each failure. So a thousand
/// shippers that lost their receiver at one moment come back one by one. It is added to what the
/// receiver asks for.
pub(crate) fn wait(failed: u32, asked: Option<Duration>, random: u64) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1 << failed.saturating_sub(1).min(16));
    let limit = doubled.min(LONGEST_WAIT).as_micros();
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    let jitter = Duration::from_micros(random % (limit + 1));
    asked.unwrap_or_default().min(LONGEST_ASKED) + jitter
}

/// Reads the header `Retry-After`: seconds, or a date.
pub(crate) fn retry_after(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTime::parse_from_rfc2822(text).ok()?;
    Some((at.with_timezone(&Utc) - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests;

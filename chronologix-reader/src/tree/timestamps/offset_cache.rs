//! Resolves times without an offset, most of which are in the hour of the one before.

use std::ops::Range;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Timelike as _, Utc};

/// Caches what an hour of a file is ahead of UTC: most times without an offset are in the hour of
/// the one before.
#[derive(Clone, Debug, Default)]
pub(super) struct OffsetCache(Option<KnownHour>);

/// An hour of a part.
#[derive(Clone, Debug)]
struct KnownHour {
    part: u32,
    civil: Range<NaiveDateTime>,
    /// `None` if clocks change in it.
    offset: Option<TimeDelta>,
}

impl KnownHour {
    /// Returns the hour of a civil time.
    fn of(
        part: u32,
        civil: NaiveDateTime,
        resolve: &impl Fn(NaiveDateTime) -> Option<DateTime<Utc>>,
    ) -> Self {
        let into_hour = TimeDelta::seconds((civil.minute() * 60 + civil.second()).into())
            + TimeDelta::nanoseconds(civil.nanosecond().into());
        let start = civil - into_hour;
        let by = |civil| Some(resolve(civil)?.naive_utc() - civil);
        let offset = by(start);
        // An hour in which clocks change has no single offset.
        let is_one = offset == by(start + TimeDelta::minutes(59))
            && offset == by(start - TimeDelta::hours(1))
            && offset == by(start + TimeDelta::hours(1));
        Self {
            part,
            civil: start..start + TimeDelta::hours(1),
            offset: offset.filter(|_| is_one),
        }
    }
}

impl OffsetCache {
    /// Returns the instant of a civil time in a part. `resolve` knows it.
    pub(super) fn instant(
        &mut self,
        part: u32,
        civil: NaiveDateTime,
        resolve: impl Fn(NaiveDateTime) -> Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        let is_known = |hour: &KnownHour| hour.part == part && hour.civil.contains(&civil);
        if !self.0.as_ref().is_some_and(is_known) {
            self.0 = Some(KnownHour::of(part, civil, &resolve));
        }
        let offset = self.0.as_ref().and_then(|hour| hour.offset);
        let quick = match offset {
            Some(offset) if offset.is_zero() => Some(civil),
            offset => offset.and_then(|offset| civil.checked_add_signed(offset)),
        };
        quick.map(|utc| utc.and_utc()).or_else(|| resolve(civil))
    }
}

//! A time zone: the offset at an instant, and the instants of a civil time.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDateTime, Offset as _, Utc};
use tz::LocalTimeType;

use self::rules::Rules;

mod database;
mod local;
mod lookup;
mod rules;

pub use self::lookup::{UnknownZone, check_zone_name, zone};
pub(super) use self::rules::Period;

/// A time zone, cheap to clone.
///
/// ```
/// use chronologix_schema::layout::zone;
///
/// let prague = zone("Europe/Prague")?;
/// let instant = "2025-05-04T13:07:09Z".parse()?;
/// assert_eq!(prague.civil(instant).to_string(), "2025-05-04 15:07:09");
/// assert_eq!(prague.offset(instant).to_string(), "+02:00");
/// assert_eq!(prague.abbreviation(instant), "CEST");
/// assert_eq!(prague.instant(prague.civil(instant)), instant);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeZone(Option<Arc<Zone>>);

/// Any zone but UTC.
#[derive(Debug, PartialEq, Eq)]
struct Zone {
    name: String,
    rules: Rules,
}

static UTC_TYPE: LocalTimeType = match LocalTimeType::new(0, false, Some(b"UTC")) {
    Ok(utc) => utc,
    Err(_) => LocalTimeType::utc(),
};

/// More than any offset.
const DAY: i64 = 24 * 3600;

impl TimeZone {
    /// Coordinated universal time, which needs no zone data.
    pub const UTC: Self = Self(None);

    fn new(name: String, rules: Rules) -> Self {
        Self(Some(Arc::new(Zone { name, rules })))
    }

    /// The zone that a tree describes: what [`name`](Self::name) returned when the tree was
    /// written.
    ///
    /// # Errors
    ///
    /// When the text is no rule and no zone data of this machine has such a name.
    pub fn described(text: &str) -> Result<Self, UnknownZone> {
        zone(text).or_else(|unknown| Self::posix(text).ok_or(unknown))
    }

    /// A zone of a POSIX rule, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
    fn posix(rule: &str) -> Option<Self> {
        Some(Self::new(rule.to_owned(), Rules::of_posix(rule)?))
    }

    /// How a tree describes the zone: `UTC`, an IANA name, or the POSIX rule of a zone without a
    /// name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.as_ref().map_or("UTC", |zone| &zone.name)
    }

    /// How far clocks are ahead of UTC.
    #[must_use]
    pub fn offset(&self, instant: DateTime<Utc>) -> FixedOffset {
        self.period(instant.timestamp()).fixed_offset()
    }

    /// The abbreviation in use: `CEST`, or `+0545` in a zone without one.
    #[must_use]
    pub fn abbreviation(&self, instant: DateTime<Utc>) -> &str {
        self.period(instant.timestamp()).abbreviation()
    }

    /// What clocks show.
    #[must_use]
    pub fn civil(&self, instant: DateTime<Utc>) -> NaiveDateTime {
        self.period(instant.timestamp()).civil(instant)
    }

    /// The instant at which clocks show this time, the first where they show it twice.
    ///
    /// A time that a change skips is taken by the offset before the change.
    #[must_use]
    pub fn instant(&self, civil: NaiveDateTime) -> DateTime<Utc> {
        self.instants(civil).0
    }

    /// The first and the last instant at which clocks show this time. They differ where a change
    /// repeats it.
    #[must_use]
    pub fn instants(&self, civil: NaiveDateTime) -> (DateTime<Utc>, DateTime<Utc>) {
        if self.0.is_none() {
            return (civil.and_utc(), civil.and_utc());
        }
        let (first, last) = self.offsets(civil.and_utc().timestamp());
        let by = |offset| civil.checked_sub_offset(offset).unwrap_or(civil).and_utc();
        let instant = by(first);
        (instant, if last == first { instant } else { by(last) })
    }

    /// The first and the last offset by which clocks show this civil time, in seconds as if in UTC.
    ///
    /// Looks at each offset in use within a day of it: none is longer.
    fn offsets(&self, civil: i64) -> (FixedOffset, FixedOffset) {
        let mut period = self.period(civil - DAY);
        let mut found: Option<(FixedOffset, FixedOffset)> = None;
        let mut skipped = None;
        loop {
            let offset = period.fixed_offset();
            let second = civil - period.offset();
            if (period.since..period.until).contains(&second) {
                found = Some((found.map_or(offset, |(first, _)| first), offset));
            }
            if period.until > civil + DAY {
                return found.or(skipped).unwrap_or((offset, offset));
            }
            let next = self.period(period.until);
            if second >= period.until && civil - next.offset() < next.since {
                skipped = skipped.or(Some((offset, offset)));
            }
            period = next;
        }
    }

    /// The next change of the clocks after an instant, if there is one.
    #[must_use]
    pub fn next_change(&self, instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(self.period(instant.timestamp()).until, 0)
    }

    /// The run of one offset that a second since 1970 lies in.
    pub(super) fn period(&self, second: i64) -> Period<'_> {
        match &self.0 {
            Some(zone) => zone.rules.period(second),
            None => Period {
                since: i64::MIN,
                until: i64::MAX,
                kind: &UTC_TYPE,
            },
        }
    }
}

impl<'a> Period<'a> {
    /// The seconds that clocks are ahead of UTC.
    pub(super) fn offset(&self) -> i64 {
        self.kind.ut_offset().into()
    }

    pub(super) fn fixed_offset(&self) -> FixedOffset {
        FixedOffset::east_opt(self.kind.ut_offset()).unwrap_or_else(|| Utc.fix())
    }

    pub(super) fn abbreviation(&self) -> &'a str {
        self.kind.time_zone_designation()
    }

    pub(super) fn civil(&self, instant: DateTime<Utc>) -> NaiveDateTime {
        let utc = instant.naive_utc();
        utc.checked_add_offset(self.fixed_offset()).unwrap_or(utc)
    }
}

#[cfg(test)]
mod tests;

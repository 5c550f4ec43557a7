//! The changes of one zone, read from `TZif` data or from a POSIX rule.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, Utc, Weekday};
use tz::{
    LocalTimeType,
    timezone::{AlternateTime, RuleDay, TransitionRule},
};

/// Seconds in 400 years. After so many the calendar repeats, weekdays included, and with it every
/// rule of a zone.
const CYCLE: i64 = 146_097 * 24 * 3600;

/// Years of the rule that the list holds: one cycle, and one before it to look back to.
const YEARS: i32 = 401;

/// Where the list begins for a zone of which only the rule is known.
const FIRST_YEAR: i32 = 1900;

/// Every change of a zone's clocks.
///
/// A zone's rule, which goes on for ever, is written out for [`CYCLE`] when the zone is read. A
/// lookup is then one binary search, and exact to the second also where offsets have seconds or
/// two changes are close.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rules {
    /// What clocks show, each offset with its abbreviation. The first holds before all changes.
    kinds: Vec<LocalTimeType>,
    /// By time, each time once.
    changes: Vec<Change>,
    /// Whether the last [`CYCLE`] of changes repeats.
    repeats: bool,
}

/// A run of time without a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Period<'a> {
    /// The first second of the run.
    pub(in super::super) since: i64,
    /// The first second after it.
    pub(in super::super) until: i64,
    pub(super) kind: &'a LocalTimeType,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    at: i64,
    /// The index of what holds from then on.
    kind: usize,
}

impl Rules {
    /// Reads `TZif` data.
    ///
    /// `None` if it is damaged, counts leap seconds, which Unix time does not, or has an offset of
    /// a day.
    pub(super) fn of_tzif(data: &[u8]) -> Option<Self> {
        let zone = tz::TimeZone::from_tz_data(data).ok()?;
        let zone = zone.as_ref();
        if !zone.leap_seconds().is_empty() {
            return None;
        }
        let changes = zone.transitions().iter().map(|transition| Change {
            at: transition.unix_leap_time(),
            kind: transition.local_time_type_index(),
        });
        let mut rules = Self {
            kinds: zone.local_time_types().to_vec(),
            changes: changes.collect(),
            repeats: false,
        };
        match zone.extra_rule() {
            Some(TransitionRule::Alternate(rule)) => rules.write_out(rule),
            Some(TransitionRule::Fixed(kind)) if rules.changes.is_empty() => {
                rules.kinds = vec![*kind];
            }
            // The rule says what the last change says.
            Some(TransitionRule::Fixed(_)) | None => {}
        }
        let is_short = |kind: &LocalTimeType| i64::from(kind.ut_offset()).abs() < super::DAY;
        rules.kinds.iter().all(is_short).then_some(rules)
    }

    /// Reads a POSIX rule, as the footer of `TZif` data without changes: footers may also have the
    /// hours beyond a day that some zones need.
    pub(super) fn of_posix(rule: &str) -> Option<Self> {
        let mut header = b"TZif3".to_vec();
        header.extend([0; 15]);
        // No indicators, leap seconds or changes; one type, of offset 0; one byte of abbreviations.
        for count in [0_u32, 0, 0, 0, 1, 1] {
            header.extend(count.to_be_bytes());
        }
        header.extend([0; 7]);
        let data = [&header, &header, &b"\n"[..], rule.as_bytes(), b"\n"].concat();
        let is_rule = !rule.is_empty() && rule.bytes().all(|byte| byte.is_ascii_graphic());
        Self::of_tzif(&data).filter(|_| is_rule)
    }

    /// Adds the changes of a rule after those that are listed.
    fn write_out(&mut self, rule: &AlternateTime) {
        let last = self.changes.last().map(|change| change.at);
        if last.is_none() {
            self.kinds.clear();
        }
        let standard = self.kinds.len();
        self.kinds.extend([*rule.std(), *rule.dst()]);
        let first = last
            .and_then(|last| DateTime::<Utc>::from_timestamp(last, 0))
            .map_or(FIRST_YEAR, |last| last.year());
        let of_year = |year| {
            let at = |day: &RuleDay, time: i32, before: &LocalTimeType| {
                Some(midnight(*day, year)? + i64::from(time) - i64::from(before.ut_offset()))
            };
            let starts = at(rule.dst_start(), rule.dst_start_time(), rule.std());
            let ends = at(rule.dst_end(), rule.dst_end_time(), rule.dst());
            [(starts, standard + 1), (ends, standard)]
        };
        let changes = (first..=first.saturating_add(YEARS)).flat_map(of_year);
        let changes = changes.filter_map(|(at, kind)| Some(Change { at: at?, kind }));
        let is_new = |change: &Change| last.is_none_or(|last| change.at > last);
        for change in changes.filter(is_new) {
            let is_before = |known: &Change| (known.at, known.kind) <= (change.at, change.kind);
            let at = self.changes.partition_point(is_before);
            self.changes.insert(at, change);
        }
        // Where summer time ends and starts again at once, it goes on.
        self.changes.dedup_by(|later, earlier| {
            let is_same = later.at == earlier.at;
            if is_same {
                *earlier = *later;
            }
            is_same
        });
        self.repeats = true;
    }

    /// The run that a second lies in.
    pub(super) fn period(&self, second: i64) -> Period<'_> {
        let ahead = match self.changes.last() {
            Some(last) if self.repeats && second >= last.at => {
                ((second - last.at) / CYCLE + 1) * CYCLE
            }
            _ => 0,
        };
        let second = second - ahead;
        let next = self.changes.partition_point(|change| change.at <= second);
        let last = next.checked_sub(1).map(|last| self.changes[last]);
        Period {
            since: last.map_or(i64::MIN, |last| last.at + ahead),
            until: self
                .changes
                .get(next)
                .map_or(i64::MAX, |next| next.at + ahead),
            kind: &self.kinds[last.map_or(0, |last| last.kind)],
        }
    }

    /// Whether clocks show the same from 1970 to 2039. Some systems list changes up to 2037, and
    /// all have the rule for what comes then.
    pub(super) fn agrees_with(&self, other: &Self) -> bool {
        const END: i64 = 2_177_452_800;
        let shown = |rules: &Self| {
            let periods = std::iter::successors(Some(rules.period(0)), |period| {
                (period.until < END).then(|| rules.period(period.until))
            });
            let shown = periods.map(|period| (period.until, *period.kind));
            shown.collect::<Vec<_>>()
        };
        shown(self) == shown(other)
    }

    /// The offset that holds for good, as a POSIX rule.
    pub(super) fn last_offset(&self) -> String {
        let offset = self.period(i64::MAX).kind.ut_offset();
        let [hours, minutes, seconds] = [3600, 60, 1].map(|unit| offset.abs() / unit % 60);
        let (ahead, posix) = if offset < 0 { ('-', '+') } else { ('+', '-') };
        format!("<{ahead}{hours:02}{minutes:02}>{posix}{hours:02}:{minutes:02}:{seconds:02}")
    }
}

/// When the day of a rule begins in a year, as if in UTC.
fn midnight(day: RuleDay, year: i32) -> Option<i64> {
    let new_year = NaiveDate::from_yo_opt(year, 1)?;
    let date = match day {
        RuleDay::Julian1WithoutLeap(day) => {
            // The 29th of February has no number.
            let leaps = u64::from(new_year.leap_year() && day.get() >= 60);
            new_year.checked_add_days(Days::new(u64::from(day.get()) - 1 + leaps))
        }
        RuleDay::Julian0WithLeap(day) => new_year.checked_add_days(Days::new(u64::from(day.get()))),
        RuleDay::MonthWeekDay(day) => {
            // Days count from Sunday there, and from Monday here.
            let weekday = Weekday::try_from((day.week_day() + 6) % 7).ok()?;
            let nth = |week| {
                NaiveDate::from_weekday_of_month_opt(year, day.month().into(), weekday, week)
            };
            // The fifth is the last, which may be the fourth.
            nth(day.week()).or_else(|| nth(4))
        }
    };
    Some(date?.and_time(NaiveTime::MIN).and_utc().timestamp())
}

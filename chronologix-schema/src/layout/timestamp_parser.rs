//! Reads stamps back into instants, with the folder's date where the stamp has none.

use chrono::{
    DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike as _, Utc,
};

use super::{
    Folder, TimeZone, TimestampFormat,
    folder::YEARS,
    timestamp_format::{self, Item, Padding},
};

mod fields;

use fields::Fields;

/// Reads the stamps of one tree.
///
/// ```
/// use chronologix_schema::layout::{Folder, TimestampParser, TimestampFormat, zone};
///
/// let reader = TimestampParser::new(&TimestampFormat::default(), zone("Europe/Prague")?);
/// let folder = Folder::parse("2025-05-04__15-00").expect("a name of ours");
/// assert_eq!(reader.read("15:07:09", folder), Some("2025-05-04T13:07:09Z".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TimestampParser {
    /// `None` where nothing describes the stamps.
    items: Option<Vec<Item>>,
    zone: TimeZone,
}

impl TimestampParser {
    /// Reads what a [`TimestampWriter`](super::TimestampWriter) of this format and zone writes.
    #[must_use]
    pub fn new(format: &TimestampFormat, zone: TimeZone) -> Self {
        Self {
            items: Some(format.items().to_vec()),
            zone,
        }
    }

    /// Reads stamps of a tree without description, in UTC: `15:07:09`, with a fraction after a
    /// point or a comma, with a date `2025-05-04` before, with an offset behind.
    #[must_use]
    pub fn guess() -> Self {
        Self {
            items: None,
            zone: TimeZone::UTC,
        }
    }

    /// Takes stamps without an offset to be of another zone.
    #[must_use]
    pub fn in_zone(self, zone: TimeZone) -> Self {
        Self { zone, ..self }
    }

    /// The instant of a stamp found in the folder; what the stamp does not say is that of the
    /// folder's start.
    ///
    /// A stamp that the clock showed twice is taken to be the first of the two, unless its offset
    /// or zone abbreviation says otherwise. `None` if the stamp is of another format.
    #[must_use]
    pub fn read(&self, stamp: &str, folder: Folder) -> Option<DateTime<Utc>> {
        let fields = match &self.items {
            Some(items) => Fields::read(stamp, items)?,
            None => Fields::guess(stamp)?,
        };
        self.instant(&fields, folder.start())
    }

    fn instant(&self, fields: &Fields<'_>, start: NaiveDateTime) -> Option<DateTime<Utc>> {
        let nanos = fields.nanos.unwrap_or(0);
        if let Some(second) = fields.unix_second {
            let instant = DateTime::from_timestamp(second, nanos)?;
            return YEARS.contains(&instant.year()).then_some(instant);
        }
        let date = date(fields, start.date())?;
        let civil = date.and_time(time(fields, start.time(), nanos)?);
        match fields.offset {
            Some(offset) => by_offset(civil, offset),
            None => Some(self.civil_instant(civil, fields.abbreviation)),
        }
    }

    fn civil_instant(&self, civil: NaiveDateTime, abbreviation: Option<&str>) -> DateTime<Utc> {
        let (first, last) = self.zone.instants(civil);
        let is_of = |instant| Some(self.zone.abbreviation(instant)) == abbreviation;
        if first != last && !is_of(first) && is_of(last) {
            return last;
        }
        first
    }
}

/// Reads an instant as JSON lines have it: RFC 3339, and what is close to it.
///
/// ```
/// use chronologix_schema::layout::parse_rfc3339;
///
/// let instant = parse_rfc3339("2025-05-04T15:07:09.25+02:00");
/// assert_eq!(instant, Some("2025-05-04T13:07:09.25Z".parse()?));
/// assert_eq!(parse_rfc3339("2025-05-04 13:07:09.250Z"), instant);
/// assert_eq!(parse_rfc3339("2025-05-04T15:07:09.25+02[Europe/Prague]"), instant);
/// assert_eq!(parse_rfc3339("2025-05-04T15:07:09"), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn parse_rfc3339(stamp: &str) -> Option<DateTime<Utc>> {
    let stamp = match stamp.strip_suffix(']') {
        Some(annotated) => annotated.split_once('[')?.0,
        None => stamp,
    };
    // Some write the hours of the offset alone.
    let sign = stamp.len().checked_sub("+02".len())?;
    let is_short = matches!(stamp.as_bytes()[sign], b'+' | b'-');
    let padded = is_short.then(|| format!("{stamp}00"));
    let mut fields = Fields::guess(padded.as_deref().unwrap_or(stamp))?;
    // A leap second is the last of its minute.
    fields.second = fields
        .second
        .map(|second| if second == 60 { 59 } else { second });
    let new_year = NaiveDate::from_yo_opt(fields.year?.into(), 1)?;
    let date = date(&fields, new_year)?;
    let nanos = fields.nanos.unwrap_or(0);
    let civil = date.and_time(time(&fields, NaiveTime::MIN, nanos)?);
    by_offset(civil, fields.offset?)
}

fn by_offset(civil: NaiveDateTime, offset: i32) -> Option<DateTime<Utc>> {
    let offset = TimeDelta::seconds(offset.into());
    Some(civil.checked_sub_signed(offset)?.and_utc())
}

fn date(fields: &Fields<'_>, folder: NaiveDate) -> Option<NaiveDate> {
    let year = fields.year.map_or(folder.year(), i32::from);
    match (fields.month, fields.day, fields.day_of_year) {
        (Some(month), Some(day), _) => NaiveDate::from_ymd_opt(year, month.into(), day.into()),
        (_, _, Some(day)) => NaiveDate::from_yo_opt(year, day.into()),
        // A month or a day alone adds nothing: intervals never reach over midnight.
        _ => Some(folder),
    }
}

fn time(fields: &Fields<'_>, folder: NaiveTime, nanos: u32) -> Option<NaiveTime> {
    let half_day = fields.hour12.map(|hour| {
        let afternoon = fields.is_afternoon.unwrap_or(folder.hour() >= 12);
        u32::from(hour) % 12 + if afternoon { 12 } else { 0 }
    });
    let hour = fields.hour.map(u32::from).or(half_day);
    let minute = if hour.is_some() { 0 } else { folder.minute() };
    NaiveTime::from_hms_nano_opt(
        hour.unwrap_or(folder.hour()),
        fields.minute.map_or(minute, u32::from),
        fields.second.unwrap_or(0).into(),
        nanos,
    )
}

#[cfg(test)]
mod tests;

//! Reads stamps back into instants, with the folder's date where the stamp has none.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::{AmbiguousOffset, Offset, TimeZone},
};

use super::{
    Folder, TimestampFormat,
    timestamp_format::{Item, Padding},
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

    /// Reads stamps of a tree without description, in UTC: `15:07:09`, with a fraction after a point or a
    /// comma, with a date `2025-05-04` before, with an offset behind.
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

    /// The instant of a stamp found in the folder; what the stamp does not say is that of the folder's start.
    ///
    /// A stamp that the clock showed twice is taken to be the first of the two, unless its offset or
    /// zone abbreviation says otherwise. `None` if the stamp is of another format.
    #[must_use]
    pub fn read(&self, stamp: &str, folder: Folder) -> Option<Timestamp> {
        let fields = match &self.items {
            Some(items) => Fields::read(stamp, items)?,
            None => Fields::guess(stamp)?,
        };
        self.instant(&fields, folder.start())
    }

    fn instant(&self, fields: &Fields<'_>, start: DateTime) -> Option<Timestamp> {
        let nanos = fields.nanos.unwrap_or(0);
        if let Some(second) = fields.unix_second {
            return Timestamp::new(second, nanos).ok();
        }
        let date = date(fields, start.date())?;
        let civil = date.to_datetime(time(fields, start.time(), nanos)?);
        match fields.offset {
            Some(offset) => offset.to_timestamp(civil).ok(),
            None => self.civil_instant(civil, fields.abbreviation),
        }
    }

    fn civil_instant(&self, civil: DateTime, abbreviation: Option<&str>) -> Option<Timestamp> {
        let ambiguous = self.zone.to_ambiguous_timestamp(civil);
        if let (AmbiguousOffset::Fold { before, after }, Some(written)) =
            (ambiguous.offset(), abbreviation)
        {
            let is_of = |offset: Offset| {
                let instant = offset.to_timestamp(civil).ok()?;
                let info = self.zone.to_offset_info(instant);
                (info.abbreviation() == written).then_some(instant)
            };
            if let Some(instant) = is_of(before).or_else(|| is_of(after)) {
                return Some(instant);
            }
        }
        ambiguous.compatible().ok()
    }
}

fn date(fields: &Fields<'_>, folder: Date) -> Option<Date> {
    let year = fields.year.unwrap_or(folder.year());
    match (fields.month, fields.day, fields.day_of_year) {
        (Some(month), Some(day), _) => Date::new(year, month, day).ok(),
        (_, _, Some(day)) => Date::new(year, 1, 1)
            .ok()?
            .with()
            .day_of_year(day)
            .build()
            .ok(),
        // A month or a day alone adds nothing: intervals never reach over midnight.
        _ => Some(folder),
    }
}

fn time(fields: &Fields<'_>, folder: Time, nanos: i32) -> Option<Time> {
    let half_day = fields.hour12.map(|hour| {
        let afternoon = fields.is_afternoon.unwrap_or(folder.hour() >= 12);
        hour % 12 + if afternoon { 12 } else { 0 }
    });
    let hour = fields.hour.or(half_day);
    let minute = fields
        .minute
        .unwrap_or(if hour.is_some() { 0 } else { folder.minute() });
    Time::new(
        hour.unwrap_or(folder.hour()),
        minute,
        fields.second.unwrap_or(0),
        nanos,
    )
    .ok()
}

#[cfg(test)]
mod tests;

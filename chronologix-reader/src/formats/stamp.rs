//! Recognises a timestamp in the usual spellings, at a place in a line.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::{
    Moment,
    cursor::Cursor,
    zone::{self, Zone},
};

#[cfg(test)]
mod tests;

/// The year of stamps without one. It has a 29 February.
pub(super) const NO_YEAR: i32 = 2000;

/// A timestamp that was found in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// What it says.
    pub(super) moment: Moment,
    /// Where it ends.
    pub(super) end: usize,
    /// How its fraction of a second is written.
    pub(super) fraction: Fraction,
    /// Whether there is a `T` between date and time.
    pub(super) has_t: bool,
}

/// How the fraction of a second is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fraction {
    /// There is none.
    Missing,
    /// Behind a point.
    Point,
    /// Behind a comma.
    Comma,
}

/// Reads the stamp that begins at an offset. `None` if there is none.
pub(super) fn read(line: &[u8], at: usize) -> Option<Stamp> {
    let cursor = Cursor::new(line, at);
    match cursor.peek()? {
        b'0'..=b'9' => numeric(cursor),
        b'A'..=b'Z' => worded(cursor),
        b'@' => tai64n(cursor),
        _ => None,
    }
}

/// Reads a stamp that begins with a digit.
fn numeric(cursor: Cursor<'_>) -> Option<Stamp> {
    // The usual case by a look at two places.
    if cursor.peek_at(4) == Some(b'-') && cursor.peek_at(7) == Some(b'-') {
        return year_first(cursor);
    }
    let digits = cursor.digits_ahead(20);
    // Fourteen digits need nothing behind them, and no number of seconds has so many.
    if digits == 14 || digits == 17 {
        return digits_only(cursor);
    }
    match (digits, cursor.peek_at(digits)?) {
        (4, b'-' | b'/' | b'.') => year_first(cursor),
        (2, b':') => of_day(cursor),
        (2, b'/') if cursor.peek_at(3)?.is_ascii_digit() => {
            short_year(cursor).or_else(|| month_number_first(cursor))
        }
        (1, b'/') if cursor.peek_at(2)?.is_ascii_digit() => month_number_first(cursor),
        (1..=2, b'-') if cursor.peek_at(digits + 1)?.is_ascii_digit() => day_number_first(cursor),
        (1..=2, b'/' | b'-' | b' ') => day_first(cursor),
        (1..=2, b'.') => day_number_first(cursor),
        (8, b'T' | b'-' | b' ') => basic(cursor),
        _ => None,
    }
}

/// Reads `2025-05-04T14:02:19.123+02:00` and its like.
fn year_first(mut cursor: Cursor<'_>) -> Option<Stamp> {
    let year = cursor.four()?;
    let between = cursor.eat_any(b"-/.")?;
    // `2025-May-04 14:02:19`
    let month = match cursor.peek()? {
        b'A'..=b'Z' => month(cursor.letters())?,
        _ => cursor.one_or_two()?,
    };
    if !cursor.eat(between) {
        return None;
    }
    let date = full(year, month, cursor.one_or_two()?)?;
    let is_dashed = cursor.peek() == Some(b'-');
    let has_t = separator(&mut cursor)?;
    if is_dashed && cursor.peek_at(2) == Some(b'.') {
        return db2(cursor, date);
    }
    Some(Stamp {
        has_t,
        ..with_time(cursor, date)?
    })
}

/// Reads the `14.02.19.123456+120` of Db2: points in the time, and the offset in minutes.
fn db2(mut cursor: Cursor<'_>, date: NaiveDate) -> Option<Stamp> {
    let mut parts = [0; 3];
    for part in &mut parts {
        *part = cursor.two()?;
        cursor.eat(b'.').then_some(())?;
    }
    let [hour, minute, second] = parts;
    let nanos = cursor.fraction()?;
    let time = NaiveTime::from_hms_nano_opt(hour, minute, second.min(59), nanos)?;
    let is_west = cursor.eat_any(b"+-")? == b'-';
    let mut minutes = 0;
    for _ in 0..cursor.digits_ahead(4) {
        minutes = minutes * 10 + i32::try_from(cursor.digit()?).ok()?;
    }
    let offset = Zone::Offset(if is_west { -60 } else { 60 } * minutes);
    let moment = moment(date.and_time(time), offset)?;
    stamp(cursor, moment, Fraction::Point)
}

/// Reads what stands between date and time. Returns whether it is a `T`.
fn separator(cursor: &mut Cursor<'_>) -> Option<bool> {
    match cursor.peek()? {
        b'T' | b't' => {
            cursor.skip(1);
            Some(true)
        }
        b'-' | b'_' => {
            cursor.skip(1);
            Some(false)
        }
        // `2025-05-04, 14:02:19 UTC`.
        b',' if cursor.eat_text(b", ") => Some(false),
        // `[2025-05-04][14:02:19]`.
        b']' if cursor.eat_text(b"][") => Some(false),
        b' ' if cursor.blanks() <= 2 => Some(false),
        _ => None,
    }
}

/// Reads `17/06/09 20:10:40`.
fn short_year(mut cursor: Cursor<'_>) -> Option<Stamp> {
    let year = cursor.two()?;
    cursor.skip(1);
    let month = cursor.two()?;
    if !cursor.eat(b'/') {
        return None;
    }
    let date = full(2000 + year, month, cursor.two()?)?;
    if !cursor.eat(b' ') {
        return None;
    }
    with_time(cursor, date)
}

/// Reads `5/4/2025 2:02:19 PM`. In which order day and month stand is certain only where hours are
/// counted by twelve.
fn month_number_first(mut cursor: Cursor<'_>) -> Option<Stamp> {
    let month = cursor.one_or_two()?;
    cursor.skip(1);
    let day = cursor.one_or_two()?;
    if !cursor.eat(b'/') {
        return None;
    }
    let date = full(cursor.four()?, month, day)?;
    cursor.eat(b',');
    if cursor.blanks() != 1 {
        return None;
    }
    let (time, fraction) = time(&mut cursor, false)?;
    let is_half_of_day = cursor.slice(0, cursor.at()).ends_with(b"M");
    is_half_of_day.then(|| with_zone(cursor, date, time, fraction))?
}

/// Reads `20250504T140219Z`, `20250504 14:02:19` and `20250504-140219.123`.
fn basic(mut cursor: Cursor<'_>) -> Option<Stamp> {
    let date = full(cursor.four()?, cursor.two()?, cursor.two()?)?;
    let has_t = separator(&mut cursor)?;
    if cursor.peek_at(2) == Some(b':') {
        return with_time(cursor, date);
    }
    let (hour, minute, second) = (cursor.two()?, cursor.two()?, cursor.two()?);
    let (nanos, fraction) = fraction(&mut cursor);
    let time = NaiveTime::from_hms_nano_opt(hour, minute, second.min(59), nanos)?;
    Some(Stamp {
        has_t,
        ..with_zone(cursor, date, time, fraction)?
    })
}

/// Reads `20250504140219` and `20250504140219123`.
fn digits_only(mut cursor: Cursor<'_>) -> Option<Stamp> {
    let date = full(cursor.four()?, cursor.two()?, cursor.two()?)?;
    let (hour, minute, second) = (cursor.two()?, cursor.two()?, cursor.two()?);
    let (nanos, fraction) = if cursor.peek().is_some_and(|next| next.is_ascii_digit()) {
        (cursor.fraction()?, Fraction::Point)
    } else {
        fraction(&mut cursor)
    };
    let time = NaiveTime::from_hms_nano_opt(hour, minute, second.min(59), nanos)?;
    with_zone(cursor, date, time, fraction)
}

/// Reads `@4000000068176f15075bca00` of daemontools and runit: seconds and nanoseconds in
/// hexadecimal digits.
fn tai64n(mut cursor: Cursor<'_>) -> Option<Stamp> {
    /// The label of the first second of 1970.
    const EPOCH: u64 = (1 << 62) + 10;
    let (label, nanos) = cursor.rest().get(1..25)?.split_at(16);
    let number = |digits| u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
    let second = i64::try_from(number(label)?.checked_sub(EPOCH)?).ok()?;
    let nanos = u32::try_from(number(nanos)?).ok()?;
    let instant = DateTime::from_timestamp(second, nanos)?;
    (1970..=2200).contains(&instant.year()).then_some(())?;
    cursor.skip(25);
    stamp(cursor, Moment::Instant(instant), Fraction::Missing)
}

/// Reads `04/May/2025:14:02:19 +0200`, `04-May-2025 14:02:19` and `04 May 2025 14:02:19.123`.
fn day_first(mut cursor: Cursor<'_>) -> Option<Stamp> {
    let day = cursor.one_or_two()?;
    let between = cursor.eat_any(b"/- ")?;
    let month = month(cursor.letters())?;
    if !cursor.eat(between) {
        return None;
    }
    let date = full(cursor.four()?, month, day)?;
    // RabbitMQ has two colons.
    if cursor.eat(b':') {
        cursor.eat(b':');
    } else {
        separator(&mut cursor)?;
    }
    with_time(cursor, date)
}

/// Reads `04.05.2025 14:02:19` and `04-05-2025 14:02:19`. With points and dashes, the day stands
/// before the month.
fn day_number_first(mut cursor: Cursor<'_>) -> Option<Stamp> {
    let day = cursor.one_or_two()?;
    let between = cursor.eat_any(b".-")?;
    let month = cursor.one_or_two()?;
    if !cursor.eat(between) {
        return None;
    }
    let date = full(cursor.four()?, month, day)?;
    separator(&mut cursor)?;
    with_time(cursor, date)
}

/// Reads a stamp that begins with the name of a day or a month.
fn worded(mut cursor: Cursor<'_>) -> Option<Stamp> {
    let word = cursor.letters();
    if month(word).is_some() {
        return month_first(word, cursor);
    }
    if !is_weekday(word) {
        return None;
    }
    cursor.eat(b',');
    if cursor.blanks() == 0 {
        return None;
    }
    match cursor.peek()? {
        b'0'..=b'9' if cursor.digits_ahead(4) == 4 => year_first(cursor),
        b'0'..=b'9' => day_first(cursor),
        _ => month_first(cursor.letters(), cursor),
    }
}

/// Reads `May  4 14:02:19`, `May 04 14:02:19.123 2025` and `May 04, 2025 2:02:19 PM` from behind
/// the month.
fn month_first(word: &[u8], mut cursor: Cursor<'_>) -> Option<Stamp> {
    let month = month(word)?;
    if !(1..=2).contains(&cursor.blanks()) {
        return None;
    }
    let day = cursor.one_or_two()?;
    cursor.eat(b',');
    if !(1..=2).contains(&cursor.blanks()) {
        return None;
    }
    if cursor.digits_ahead(5) == 4 {
        let date = full(cursor.four()?, month, day)?;
        cursor.eat(b',');
        return (cursor.blanks() > 0).then(|| with_time(cursor, date))?;
    }
    let (time, fraction) = time(&mut cursor, false)?;
    // `Sun May 04 14:02:19 CEST 2025`: the zone stands before the year.
    let mut behind = cursor;
    let zone = zone::read(&mut behind);
    let mut year = behind;
    if year.eat(b' ') && year.digits_ahead(5) == 4 {
        // Other numbers and names can stand there as well: `May  4 14:02:19 1234.example.net`.
        let date = full(year.four()?, month, day);
        let has_end = year.is_boundary() && !matches!(year.peek(), Some(b'-' | b'.' | b'/'));
        if let Some(date) = date.filter(|_| has_end) {
            return stamp(year, moment(date.and_time(time), zone)?, fraction);
        }
    }
    let date = NaiveDate::from_ymd_opt(NO_YEAR, month, day)?;
    stamp(cursor, Moment::YearLess(date.and_time(time)), fraction)
}

/// Reads a time of day.
fn of_day(mut cursor: Cursor<'_>) -> Option<Stamp> {
    let (time, fraction) = time(&mut cursor, true)?;
    // More numbers behind colons are an address, or something else that is no time.
    let goes_on = cursor.peek() == Some(b':') && cursor.peek_at(1)?.is_ascii_digit();
    (!goes_on).then(|| stamp(cursor, Moment::TimeOfDay(time), fraction))?
}

/// Reads the time behind a date, and its zone.
fn with_time(mut cursor: Cursor<'_>, date: NaiveDate) -> Option<Stamp> {
    let (time, fraction) = time(&mut cursor, false)?;
    with_zone(cursor, date, time, fraction)
}

/// Reads the zone behind date and time.
fn with_zone(
    mut cursor: Cursor<'_>,
    date: NaiveDate,
    time: NaiveTime,
    fraction: Fraction,
) -> Option<Stamp> {
    let zone = zone::read(&mut cursor);
    let moment = moment(date.and_time(time), zone)?;
    stamp(cursor, moment, fraction)
}

/// Returns a stamp that ends here, if anything can end here.
fn stamp(cursor: Cursor<'_>, moment: Moment, fraction: Fraction) -> Option<Stamp> {
    cursor.is_boundary().then_some(Stamp {
        moment,
        end: cursor.at(),
        fraction,
        has_t: false,
    })
}

/// Returns what a civil time with a zone says.
pub(super) fn moment(civil: NaiveDateTime, zone: Zone) -> Option<Moment> {
    Some(match zone {
        Zone::Missing => Moment::Civil(civil),
        Zone::Place(place) => Moment::Instant(place.instant(civil)),
        Zone::Offset(seconds) | Zone::Named(seconds) => {
            let offset = TimeDelta::seconds(seconds.into());
            Moment::Instant(civil.checked_sub_signed(offset)?.and_utc())
        }
    })
}

/// Reads `14:02:19.123`, and `2:02:19 PM`. The seconds must be there where nothing else says that
/// it is a time.
fn time(cursor: &mut Cursor<'_>, needs_seconds: bool) -> Option<(NaiveTime, Fraction)> {
    let mut hour = cursor.one_or_two()?;
    if !cursor.eat(b':') {
        return None;
    }
    let minute = cursor.two()?;
    let has_seconds =
        cursor.peek() == Some(b':') && cursor.peek_at(1).is_some_and(|next| next.is_ascii_digit());
    let mut second = 0;
    let mut nanos = (0, Fraction::Missing);
    if has_seconds {
        cursor.skip(1);
        // A leap second is the last of its minute.
        second = cursor.two()?.min(60);
        nanos = fraction(cursor);
    } else if needs_seconds {
        return None;
    }
    if (1..=12).contains(&hour)
        && let Some(is_afternoon) = half_of_day(cursor)
    {
        hour = hour % 12 + if is_afternoon { 12 } else { 0 };
    }
    let time = NaiveTime::from_hms_nano_opt(hour, minute, second.min(59), nanos.0)?;
    Some((time, nanos.1))
}

/// Reads the fraction of a second.
fn fraction(cursor: &mut Cursor<'_>) -> (u32, Fraction) {
    let mut behind = *cursor;
    let kind = match behind.eat_any(b".,") {
        Some(b'.') => Fraction::Point,
        Some(_) => Fraction::Comma,
        None => return (0, Fraction::Missing),
    };
    let Some(nanos) = behind.fraction() else {
        return (0, Fraction::Missing);
    };
    *cursor = behind;
    (nanos, kind)
}

/// Reads ` AM` or ` PM`. Returns whether it is the afternoon.
fn half_of_day(cursor: &mut Cursor<'_>) -> Option<bool> {
    let mut behind = *cursor;
    // Newer Java has a narrow blank there.
    if !behind.eat(b' ') {
        behind.eat_text("\u{202f}".as_bytes());
    }
    // In small letters it is rather the name of a host.
    let first = behind.eat_any(b"AP")?;
    let is_whole = behind.eat(b'M') && behind.is_boundary();
    is_whole.then(|| *cursor = behind)?;
    Some(first == b'P')
}

/// Returns a date with its year, if there is such a day.
fn full(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    let year = i32::try_from(year)
        .ok()
        .filter(|year| (1970..=2200).contains(year))?;
    NaiveDate::from_ymd_opt(year, month, day)
}

/// Returns the number of a month by its English name, whole or its first three letters.
pub(super) fn month(word: &[u8]) -> Option<u32> {
    let (short, rest) = word.split_first_chunk()?;
    let (number, long): (u32, &[u8]) = match short {
        b"Jan" => (1, b"uary"),
        b"Feb" => (2, b"ruary"),
        b"Mar" => (3, b"ch"),
        b"Apr" => (4, b"il"),
        b"May" => (5, b""),
        b"Jun" => (6, b"e"),
        b"Jul" => (7, b"y"),
        b"Aug" => (8, b"ust"),
        b"Sep" => (9, b"tember"),
        b"Oct" => (10, b"ober"),
        b"Nov" => (11, b"ember"),
        b"Dec" => (12, b"ember"),
        _ => return None,
    };
    (rest.is_empty() || rest == long).then_some(number)
}

/// Returns whether this is the English name of a day, whole or its first three letters.
pub(super) fn is_weekday(word: &[u8]) -> bool {
    const DAYS: [&[u8]; 7] = [
        b"Monday",
        b"Tuesday",
        b"Wednesday",
        b"Thursday",
        b"Friday",
        b"Saturday",
        b"Sunday",
    ];
    DAYS.iter().any(|name| word == *name || word == &name[..3])
}

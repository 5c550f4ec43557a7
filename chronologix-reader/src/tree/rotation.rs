//! Which files are one log that was rotated: `app.log`, `app.log.1`, `app.log-20250504.gz`,
//! `app.2025-05-04.log`.
//!
//! Pure: everything is decided from the names.

use std::cmp::Reverse;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::packed::uncompressed_name;

#[cfg(test)]
mod tests;

/// The highest number of a rotated file. Higher ones mean something else, such as a port.
const HIGHEST_NUMBER: u32 = 999;

/// How old the lines of a file are compared with those of its siblings. Later is newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Age {
    /// From this date on, and the number of the file on that date.
    Date(NaiveDateTime, u32),
    /// The number of rotations since.
    Number(Reverse<u32>),
    /// The file that is written.
    Current,
}

/// The name of a file without what rotation adds to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rotated {
    /// The name that all siblings share: `app.log`.
    pub(super) stem: String,
    /// Its place among them.
    pub(super) age: Age,
}

impl Rotated {
    /// Splits a name.
    pub(super) fn parse(name: &str) -> Self {
        let name = uncompressed_name(name).unwrap_or(name);
        numbered(name)
            .or_else(|| dated(name))
            .unwrap_or_else(|| Self {
                stem: name.to_owned(),
                age: Age::Current,
            })
    }
}

/// Splits `app.log.1`.
fn numbered(name: &str) -> Option<Rotated> {
    let (stem, number) = name.rsplit_once('.')?;
    let is_plain = !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.parse().ok().filter(|it| *it <= HIGHEST_NUMBER)?;
    // The number may be one of a date: `app-2025-05-04.1` is dated.
    (is_plain && !stem.is_empty() && dated(stem).is_none()).then(|| Rotated {
        stem: stem.to_owned(),
        age: Age::Number(Reverse(number)),
    })
}

/// Splits `app.log-20250504`, `app-2025-05-04.log` and `app.2025-05-04-14.2.log`.
fn dated(name: &str) -> Option<Rotated> {
    let mut starts = (0..name.len()).filter(|at| name.is_char_boundary(*at));
    starts
        .find_map(|at| dated_at(name, at))
        .map(|(before, rest, age)| Rotated {
            stem: format!("{before}{rest}"),
            age,
        })
}

/// Splits a name whose date begins at this byte into what is before and behind it.
fn dated_at(name: &str, at: usize) -> Option<(&str, &str, Age)> {
    let (before, rest) = name.split_at(at);
    let before = match before.strip_suffix(['.', '-', '_']) {
        Some(before) => before,
        None if before.is_empty() => before,
        None => return None,
    };
    let (date, mut rest) = date(rest)?;
    let mut time = NaiveTime::MIN;
    if let Some((found, after)) = time_of(rest) {
        (time, rest) = (found, after);
    }
    let mut number = 0;
    if let Some((found, after)) = number_of(rest) {
        (number, rest) = (found, after);
    }
    let is_whole = rest.is_empty() || rest.starts_with('.');
    is_whole.then(|| (before, rest, Age::Date(date.and_time(time), number)))
}

/// Takes a date from the start of a text.
fn date(text: &str) -> Option<(NaiveDate, &str)> {
    let number = |from: usize, to: usize| {
        let digits = text.get(from..to)?;
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse().ok())?
    };
    let dash = |at: usize| matches!(text.as_bytes().get(at), Some(b'-' | b'_' | b'.'));
    let year = i32::try_from(number(0, 4)?).ok()?;
    let (month, day, end) = if dash(4) && dash(7) {
        (number(5, 7)?, number(8, 10)?, 10)
    } else {
        (number(4, 6)?, number(6, 8)?, 8)
    };
    let is_usual = (1990..2100).contains(&year);
    let date = NaiveDate::from_ymd_opt(year, month, day).filter(|_| is_usual)?;
    Some((date, text.get(end..)?))
}

/// Takes `-14`, `_14-05`, `T140509` or `-140509` behind a date.
fn time_of(text: &str) -> Option<(NaiveTime, &str)> {
    let mut rest = text.strip_prefix(['-', '_', 'T', '.']).unwrap_or(text);
    let mut parts = [0; 3];
    let mut found = 0;
    while found < parts.len()
        && let Some(digits) = rest.get(..2)
        && digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        parts[found] = digits.parse().ok()?;
        found += 1;
        rest = &rest[2..];
        let next = rest.strip_prefix(['-', '_', ':']);
        let is_digit = |text: &str| text.starts_with(|it: char| it.is_ascii_digit());
        rest = next.filter(|next| is_digit(next)).unwrap_or(rest);
    }
    // A single digit left belongs to a longer number, which is none.
    let is_over = !rest.starts_with(|it: char| it.is_ascii_digit());
    let time = NaiveTime::from_hms_opt(parts[0], parts[1], parts[2]);
    (found > 0 && is_over).then(|| Some((time?, rest)))?
}

/// Takes `.2` or `-2` behind a date, or a number that `app-2025-05-04.1` ends with.
fn number_of(text: &str) -> Option<(u32, &str)> {
    let rest = text.strip_prefix(['.', '-', '_'])?;
    let end = rest
        .bytes()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(rest.len());
    Some((rest[..end].parse().ok()?, &rest[end..]))
}

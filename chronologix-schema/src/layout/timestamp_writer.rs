//! Writes the stamps of lines. One rendered second is kept; within it only digits are made.

use std::io::Write as _;

use chrono::{DateTime, Datelike as _, NaiveDateTime, Timelike as _, Utc};

use super::{
    TimeZone, TimestampFormat,
    interval::instant_of,
    time_zone::Period,
    timestamp_format::{Item, MONTHS, Padding, WEEKDAYS},
};

/// How many digits `%f` has.
const MICROS: usize = 6;

const NANOS_IN_SECOND: i64 = 1_000_000_000;

/// Writes stamps in one format and one zone.
///
/// It never fails, and takes instants in any order; those of one second one after the other are
/// the fast case.
///
/// ```
/// use chronologix_schema::layout::{TimestampWriter, TimestampFormat, zone};
///
/// let format = TimestampFormat::parse("%H:%M:%S.%f")?;
/// let mut stamper = TimestampWriter::new(format, zone("Europe/Prague")?);
/// let mut line = Vec::new();
/// stamper.write("2025-05-04T13:07:09.25Z".parse()?, &mut line);
/// assert_eq!(line, b"15:07:09.250000");
/// line.clear();
/// stamper.write_nanos(-1, &mut line);
/// assert_eq!(line, b"00:59:59.999999");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TimestampWriter {
    items: Vec<Item>,
    zone: TimeZone,
    /// The second that `rendered` is of, counted from 1970 and rounded down.
    second: Option<i64>,
    /// The stamp, with zeros for microseconds.
    rendered: Vec<u8>,
    /// Where in `rendered` the six digits of `%f` stand.
    holes: Vec<usize>,
}

impl TimestampWriter {
    /// A stamper for one format and zone.
    #[must_use]
    pub fn new(format: TimestampFormat, zone: TimeZone) -> Self {
        Self::of(format.into_items(), zone)
    }

    /// A stamper that also writes what stands before and after each stamp.
    #[must_use]
    pub fn framed(format: TimestampFormat, zone: TimeZone, before: &str, after: &str) -> Self {
        let frame = |text: &str| Item::Literal(text.to_owned());
        let mut items = format.into_items();
        items.insert(0, frame(before));
        items.push(frame(after));
        Self::of(items, zone)
    }

    fn of(items: Vec<Item>, zone: TimeZone) -> Self {
        Self {
            items,
            zone,
            second: None,
            rendered: Vec::new(),
            holes: Vec::new(),
        }
    }

    /// Appends the stamp of `instant`.
    pub fn write(&mut self, instant: DateTime<Utc>, out: &mut Vec<u8>) {
        // A leap second is written as the end of the one before.
        let micros = instant.timestamp_subsec_micros().min(999_999);
        self.write_second(instant.timestamp(), micros, out);
    }

    /// Appends the stamp of an instant in nanoseconds since 1970 UTC: the same as
    /// [`TimestampWriter::write`], sooner.
    #[inline]
    pub fn write_nanos(&mut self, nanos: i64, out: &mut Vec<u8>) {
        #[expect(clippy::cast_possible_truncation, reason = "below a million")]
        let micros = (nanos.rem_euclid(NANOS_IN_SECOND) / 1000) as u32;
        self.write_second(nanos.div_euclid(NANOS_IN_SECOND), micros, out);
    }

    #[inline]
    fn write_second(&mut self, second: i64, micros: u32, out: &mut Vec<u8>) {
        if self.second != Some(second) {
            self.render(instant_of(second));
            self.second = Some(second);
        }
        let start = out.len();
        out.extend_from_slice(&self.rendered);
        // Written where they stay: a copy made right after them would have to wait for them.
        let digits = digits(micros);
        for hole in &self.holes {
            if let Some(hole) = out.get_mut(start + hole..start + hole + MICROS) {
                hole.copy_from_slice(&digits);
            }
        }
    }

    /// Renders all but the fraction.
    fn render(&mut self, instant: DateTime<Utc>) {
        self.rendered.clear();
        self.holes.clear();
        let period = self.zone.period(instant.timestamp());
        let shown = Shown {
            civil: period.civil(instant),
            period,
            second: instant.timestamp(),
        };
        for item in &self.items {
            match item {
                Item::Literal(text) => self.rendered.extend_from_slice(text.as_bytes()),
                Item::Field { letter: 'f', .. } => {
                    self.holes.push(self.rendered.len());
                    self.rendered.extend_from_slice(&[b'0'; MICROS]);
                }
                Item::Field { letter, padding } => {
                    shown.push(*letter, *padding, &mut self.rendered);
                }
            }
        }
    }
}

/// What clocks show at one second.
struct Shown<'a> {
    civil: NaiveDateTime,
    period: Period<'a>,
    /// Since 1970.
    second: i64,
}

impl Shown<'_> {
    /// Appends a field as the C library does.
    fn push(&self, letter: char, padding: Padding, out: &mut Vec<u8>) {
        let date = self.civil.date();
        let weekday = || date.weekday().num_days_from_sunday();
        let (number, width) = match letter {
            'Y' => (date.year().into(), 4),
            'y' => (date.year().rem_euclid(100).into(), 2),
            'm' => (date.month().into(), 2),
            'd' | 'e' => (date.day().into(), 2),
            'j' => (date.ordinal().into(), 3),
            'H' => (self.civil.hour().into(), 2),
            'I' => (self.civil.hour12().1.into(), 2),
            'M' => (self.civil.minute().into(), 2),
            'S' => (self.civil.second().into(), 2),
            's' => (self.second, 1),
            'G' => (date.iso_week().year().into(), 4),
            'V' => (date.iso_week().week().into(), 2),
            // Weeks that begin on a Sunday, and on a Monday.
            'U' => (((date.ordinal0() + 7 - weekday()) / 7).into(), 2),
            'W' => (((date.ordinal0() + 7 - (weekday() + 6) % 7) / 7).into(), 2),
            'u' => (date.weekday().number_from_monday().into(), 1),
            'w' => (weekday().into(), 1),
            'z' | ':' => return self.push_offset(letter == ':', out),
            _ => {
                let text = match letter {
                    'a' => &WEEKDAYS[weekday() as usize][..3],
                    'A' => WEEKDAYS[weekday() as usize],
                    'b' => &MONTHS[date.month0() as usize][..3],
                    'B' => MONTHS[date.month0() as usize],
                    'p' if self.civil.hour() < 12 => "AM",
                    'p' => "PM",
                    // `Z`: formats have no other letters.
                    _ => self.period.abbreviation(),
                };
                return out.extend_from_slice(text.as_bytes());
            }
        };
        let width = if padding == Padding::None { 1 } else { width };
        push_number(number, width, if letter == 'e' { b' ' } else { b'0' }, out);
    }

    /// `+0200` or `+02:00`, with seconds if there are any.
    fn push_offset(&self, has_colons: bool, out: &mut Vec<u8>) {
        let offset = self.period.offset();
        out.push(if offset < 0 { b'-' } else { b'+' });
        let seconds = offset.abs();
        let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60];
        let shown = if parts[2] == 0 { 2 } else { 3 };
        for (place, part) in parts.into_iter().take(shown).enumerate() {
            if has_colons && place > 0 {
                out.push(b':');
            }
            push_number(part, 2, b'0', out);
        }
    }
}

/// Appends the sign and then the digits, padded to this width.
fn push_number(number: i64, width: usize, padding: u8, out: &mut Vec<u8>) {
    let sign = if number < 0 { "-" } else { "" };
    let digits = number.unsigned_abs();
    // A vector takes everything.
    let _ = match padding {
        b' ' => write!(out, "{sign}{digits:width$}"),
        _ => write!(out, "{sign}{digits:0width$}"),
    };
}

/// The digits of a number below a million.
#[inline]
fn digits(micros: u32) -> [u8; MICROS] {
    let micros = u64::from(micros);
    // Two digits in each 16 bits, the first in the lowest. All are parted at once: the division by
    // ten is a multiplication that is exact below a hundred.
    let pairs = (micros / 10_000) | (micros / 100 % 100) << 16 | (micros % 100) << 32;
    let tens = (pairs * 103) >> 10 & 0x000f_000f_000f;
    let digits = (tens | (pairs - tens * 10) << 8) | u64::from_le_bytes([b'0'; 8]);
    let mut text = [0; MICROS];
    text.copy_from_slice(&digits.to_le_bytes()[..MICROS]);
    text
}

#[cfg(test)]
mod tests;

//! Writes the stamps of lines. One rendered second is kept; within it only digits are made.

use jiff::{
    Timestamp,
    fmt::strtime::{BrokenDownTime, Config},
    tz::TimeZone,
};

use super::{
    TimestampFormat,
    interval::saturating_from_second,
    timestamp_format::{Item, Padding},
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
/// let mut stamper = TimestampWriter::new(TimestampFormat::parse("%H:%M:%S.%f")?, zone("Europe/Prague")?);
/// let mut line = Vec::new();
/// stamper.write("2025-05-04T13:07:09.25Z".parse()?, &mut line);
/// assert_eq!(line, b"15:07:09.250000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TimestampWriter {
    pieces: Vec<Piece>,
    zone: TimeZone,
    /// The second that `rendered` is of, counted from 1970 and rounded down.
    second: Option<i64>,
    /// The stamp, with zeros for microseconds.
    rendered: Vec<u8>,
    /// Where in `rendered` the six digits of `%f` stand.
    holes: Vec<usize>,
}

/// What is rendered in one go.
#[derive(Clone, Debug)]
enum Piece {
    /// Text for jiff's strftime.
    Strftime(String),
    /// `%Z`, which jiff would write in upper case.
    Abbreviation,
    /// `%f`
    Micros,
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
            pieces: pieces(items),
            zone,
            second: None,
            rendered: Vec::new(),
            holes: Vec::new(),
        }
    }

    /// Appends the stamp of `instant`.
    pub fn write(&mut self, instant: Timestamp, out: &mut Vec<u8>) {
        let nanos = instant.subsec_nanosecond();
        // Before 1970 jiff counts the fraction downwards.
        let before = nanos < 0;
        let second = instant.as_second() - i64::from(before);
        let nanos = if before { nanos + 1_000_000_000 } else { nanos };
        self.write_second(second, nanos.unsigned_abs() / 1000, out);
    }

    /// Appends the stamp of an instant in nanoseconds since 1970 UTC: the same as [`TimestampWriter::write`], sooner.
    ///
    /// ```
    /// use chronologix_schema::layout::{TimestampWriter, TimestampFormat, zone};
    ///
    /// let mut stamper = TimestampWriter::new(TimestampFormat::parse("%H:%M:%S.%f")?, zone("UTC")?);
    /// let mut line = Vec::new();
    /// stamper.write_nanos(-1, &mut line);
    /// assert_eq!(line, b"23:59:59.999999");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn write_nanos(&mut self, nanos: i64, out: &mut Vec<u8>) {
        #[expect(clippy::cast_possible_truncation, reason = "below a million")]
        let micros = (nanos.rem_euclid(NANOS_IN_SECOND) / 1000) as u32;
        self.write_second(nanos.div_euclid(NANOS_IN_SECOND), micros, out);
    }

    #[inline]
    fn write_second(&mut self, second: i64, micros: u32, out: &mut Vec<u8>) {
        if self.second != Some(second) {
            self.render(saturating_from_second(second));
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

    /// Renders all but the fraction, which must not reach jiff: that rounds `%s` and clock changes towards zero.
    fn render(&mut self, second: Timestamp) {
        let zoned = second.to_zoned(self.zone.clone());
        let fields = BrokenDownTime::from(&zoned);
        let config = Config::new().lenient(true);
        self.rendered.clear();
        self.holes.clear();
        for piece in &self.pieces {
            match piece {
                Piece::Strftime(text) => {
                    // A lenient config writing to memory has no way to fail.
                    let _ = fields.format_with_config(&config, text, &mut self.rendered);
                }
                Piece::Abbreviation => {
                    let info = self.zone.to_offset_info(zoned.timestamp());
                    self.rendered
                        .extend_from_slice(info.abbreviation().as_bytes());
                }
                Piece::Micros => {
                    self.holes.push(self.rendered.len());
                    self.rendered.extend_from_slice(&[b'0'; MICROS]);
                }
            }
        }
    }
}

/// Writes the stamps of JSON lines: `2025-05-04T15:07:09.250000+02:00`.
///
/// ```
/// use chronologix_schema::layout::{Rfc3339Writer, zone};
///
/// let mut line = Vec::new();
/// Rfc3339Writer::new(zone("Europe/Prague")?).write("2025-05-04T13:07:09.25Z".parse()?, &mut line);
/// assert_eq!(line, b"2025-05-04T15:07:09.250000+02:00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Rfc3339Writer(TimestampWriter);

impl Rfc3339Writer {
    /// A stamper for one zone.
    #[must_use]
    pub fn new(zone: TimeZone) -> Self {
        Self(TimestampWriter::new(TimestampFormat::rfc3339(), zone))
    }

    /// A stamper that also writes what stands before and after each stamp.
    #[must_use]
    pub fn framed(zone: TimeZone, before: &str, after: &str) -> Self {
        Self(TimestampWriter::framed(
            TimestampFormat::rfc3339(),
            zone,
            before,
            after,
        ))
    }

    /// Appends the stamp of `instant`.
    pub fn write(&mut self, instant: Timestamp, out: &mut Vec<u8>) {
        self.0.write(instant, out);
    }

    /// Appends the stamp of an instant in nanoseconds since 1970 UTC: the same as [`Rfc3339Writer::write`], sooner.
    #[inline]
    pub fn write_nanos(&mut self, nanos: i64, out: &mut Vec<u8>) {
        self.0.write_nanos(nanos, out);
    }
}

fn pieces(items: Vec<Item>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for item in items {
        let text = match item {
            Item::Field { letter: 'f', .. } => {
                pieces.push(Piece::Micros);
                continue;
            }
            Item::Field { letter: 'Z', .. } => {
                pieces.push(Piece::Abbreviation);
                continue;
            }
            Item::Field { letter: ':', .. } => "%:z".to_owned(),
            Item::Field {
                letter,
                padding: Padding::Usual,
            } => format!("%{letter}"),
            Item::Field {
                letter,
                padding: Padding::None,
            } => format!("%-{letter}"),
            Item::Literal(literal) => literal.replace('%', "%%"),
        };
        if let Some(Piece::Strftime(before)) = pieces.last_mut() {
            before.push_str(&text);
        } else {
            pieces.push(Piece::Strftime(text));
        }
    }
    pieces
}

/// Each digit by itself, so that none has to wait for another.
#[inline]
fn digits(micros: u32) -> [u8; MICROS] {
    [100_000, 10_000, 1_000, 100, 10, 1].map(|place| b'0' + (micros / place % 10) as u8)
}

#[cfg(test)]
mod tests;

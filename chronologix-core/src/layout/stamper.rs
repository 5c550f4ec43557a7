//! Writes the stamps of lines. One rendered second is kept; within it only digits are made.

use jiff::{
    Timestamp,
    fmt::strtime::{BrokenDownTime, Config},
    tz::TimeZone,
};

use super::{
    TimestampFormat,
    interval::floor_second,
    timestamp::{Item, Padding},
};

/// How many digits `%f` has.
const MICROS: usize = 6;

/// Writes stamps in one format and one zone.
///
/// It never fails, and takes instants in any order; those of one second one after the other are
/// the fast case.
///
/// ```
/// use chronologix_core::layout::{Stamper, TimestampFormat, zone};
///
/// let mut stamper = Stamper::new(TimestampFormat::parse("%H:%M:%S.%f")?, zone("Europe/Prague")?);
/// let mut line = Vec::new();
/// stamper.write("2025-05-04T13:07:09.25Z".parse()?, &mut line);
/// assert_eq!(line, b"15:07:09.250000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Stamper {
    pieces: Vec<Piece>,
    zone: TimeZone,
    /// The second that `rendered` is of, counted from 1970 and rounded down.
    second: Option<i64>,
    /// The stamp, with the digits of the last instant written.
    rendered: Vec<u8>,
    /// Where in `rendered` the six digits of `%f` stand.
    holes: Vec<usize>,
    /// What stands in the holes.
    micros: u32,
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

impl Stamper {
    /// A stamper for one format and zone.
    #[must_use]
    pub fn new(format: TimestampFormat, zone: TimeZone) -> Self {
        Self {
            pieces: pieces(format.into_items()),
            zone,
            second: None,
            rendered: Vec::new(),
            holes: Vec::new(),
            micros: 0,
        }
    }

    /// Appends the stamp of `instant`.
    pub fn write(&mut self, instant: Timestamp, out: &mut Vec<u8>) {
        let nanos = instant.subsec_nanosecond();
        // Before 1970 jiff counts the fraction downwards.
        let before = nanos < 0;
        let second = instant.as_second() - i64::from(before);
        let nanos = if before { nanos + 1_000_000_000 } else { nanos };
        let micros = nanos.unsigned_abs() / 1000;
        if self.second != Some(second) {
            self.render(instant);
            self.second = Some(second);
            self.fill(micros);
        } else if self.micros != micros {
            self.fill(micros);
        }
        out.extend_from_slice(&self.rendered);
    }

    fn render(&mut self, instant: Timestamp) {
        // The fraction must not reach jiff, which rounds `%s` and clock changes towards zero.
        let zoned = floor_second(instant).to_zoned(self.zone.clone());
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

    fn fill(&mut self, micros: u32) {
        self.micros = micros;
        let digits = digits(micros);
        for hole in &self.holes {
            if let Some(hole) = self.rendered.get_mut(*hole..*hole + MICROS) {
                hole.copy_from_slice(&digits);
            }
        }
    }
}

/// Writes the stamps of JSON lines: `2025-05-04T15:07:09.250000+02:00`.
///
/// ```
/// use chronologix_core::layout::{Rfc3339Stamper, zone};
///
/// let mut line = Vec::new();
/// Rfc3339Stamper::new(zone("Europe/Prague")?).write("2025-05-04T13:07:09.25Z".parse()?, &mut line);
/// assert_eq!(line, b"2025-05-04T15:07:09.250000+02:00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Rfc3339Stamper(Stamper);

impl Rfc3339Stamper {
    /// A stamper for one zone.
    #[must_use]
    pub fn new(zone: TimeZone) -> Self {
        Self(Stamper::new(TimestampFormat::rfc3339(), zone))
    }

    /// Appends the stamp of `instant`.
    pub fn write(&mut self, instant: Timestamp, out: &mut Vec<u8>) {
        self.0.write(instant, out);
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

fn digits(mut micros: u32) -> [u8; MICROS] {
    let mut digits = [b'0'; MICROS];
    for digit in digits.iter_mut().rev() {
        *digit += u8::try_from(micros % 10).unwrap_or(0);
        micros /= 10;
    }
    digits
}

#[cfg(test)]
mod tests;

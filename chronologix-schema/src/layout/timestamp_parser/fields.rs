//! The numbers and words of one stamp.

use super::{
    Item, Padding,
    timestamp_format::{MONTHS, WEEKDAYS},
};

/// The longest offset that is read, in seconds.
const LONGEST_OFFSET: i32 = 26 * 3600 - 1;

/// What a stamp says; `None` is what it leaves open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields<'a> {
    pub(super) year: Option<i16>,
    pub(super) month: Option<u8>,
    pub(super) day: Option<u8>,
    pub(super) day_of_year: Option<u16>,
    pub(super) hour: Option<u8>,
    /// 1 to 12, whether before or after noon.
    pub(super) hour12: Option<u8>,
    pub(super) is_afternoon: Option<bool>,
    pub(super) minute: Option<u8>,
    pub(super) second: Option<u8>,
    pub(super) nanos: Option<u32>,
    /// Seconds ahead of UTC.
    pub(super) offset: Option<i32>,
    pub(super) abbreviation: Option<&'a str>,
    /// `%s`, which says all but the fraction.
    pub(super) unix_second: Option<i64>,
}

impl<'a> Fields<'a> {
    /// Reads a stamp of a known format.
    pub(super) fn read(stamp: &'a str, items: &[Item]) -> Option<Self> {
        let mut fields = Self::default();
        let mut rest = Remaining(stamp);
        for item in items {
            match item {
                Item::Literal(literal) => rest.literal(literal)?,
                Item::Field { letter, padding } => {
                    fields.read_field(&mut rest, *letter, *padding)?;
                }
            }
        }
        rest.0.is_empty().then_some(fields)
    }

    fn read_field(
        &mut self,
        rest: &mut Remaining<'a>,
        letter: char,
        padding: Padding,
    ) -> Option<()> {
        let narrow = |width| if padding == Padding::None { 1 } else { width };
        match letter {
            'Y' => self.year = Some(rest.number(narrow(4), 4)?),
            'y' => {
                // As POSIX has it: 69 to 99 are of the last century.
                let year: i16 = rest.number(narrow(2), 2)?;
                self.year = Some(year + if year < 69 { 2000 } else { 1900 });
            }
            'm' => self.month = Some(rest.number(narrow(2), 2)?),
            'b' => self.month = Some(1 + rest.name(&MONTHS, 3)?),
            'B' => self.month = Some(1 + rest.name(&MONTHS, usize::MAX)?),
            'd' => self.day = Some(rest.number(narrow(2), 2)?),
            'e' => {
                let padded = rest.literal(" ").is_some();
                self.day = Some(rest.number(if padded { 1 } else { narrow(2) }, 2)?);
            }
            'j' => self.day_of_year = Some(rest.number(narrow(3), 3)?),
            'H' => self.hour = Some(rest.number(narrow(2), 2)?),
            'I' => self.hour12 = Some(rest.number(narrow(2), 2)?),
            'p' => self.is_afternoon = Some(rest.name(&["AM", "PM"], 2)? == 1),
            'M' => self.minute = Some(rest.number(narrow(2), 2)?),
            'S' => self.second = Some(rest.number(narrow(2), 2)?),
            'f' => self.nanos = Some(rest.number::<u32>(6, 6)? * 1000),
            'z' | ':' => self.offset = Some(rest.offset()?),
            'Z' => self.abbreviation = Some(rest.abbreviation()?),
            's' => {
                let sign = if rest.literal("-").is_some() { -1 } else { 1 };
                self.unix_second = Some(sign * rest.number::<i64>(1, 12)?);
            }
            // What follows repeats the date, and a folder has only one.
            'a' => drop(rest.name(&WEEKDAYS, 3)?),
            'A' => drop(rest.name(&WEEKDAYS, usize::MAX)?),
            'G' => drop(rest.number::<i64>(narrow(4), 4)?),
            'U' | 'V' | 'W' => drop(rest.number::<i64>(narrow(2), 2)?),
            'u' | 'w' => drop(rest.number::<i64>(1, 1)?),
            _ => return None,
        }
        Some(())
    }

    /// Reads `[YYYY-MM-DD[T ]]HH:MM[:SS[.fraction]][offset]`.
    pub(super) fn guess(stamp: &'a str) -> Option<Self> {
        let mut fields = Self::default();
        let mut rest = Remaining(stamp);
        if stamp.as_bytes().get(4) == Some(&b'-') {
            fields.year = Some(rest.number(4, 4)?);
            rest.literal("-")?;
            fields.month = Some(rest.number(2, 2)?);
            rest.literal("-")?;
            fields.day = Some(rest.number(2, 2)?);
            rest.one_of(&["T", "t", " ", "_"])?;
        }
        fields.hour = Some(rest.number(2, 2)?);
        rest.literal(":")?;
        fields.minute = Some(rest.number(2, 2)?);
        if rest.literal(":").is_some() {
            fields.second = Some(rest.number(2, 2)?);
            if rest.one_of(&[".", ","]).is_some() {
                fields.nanos = Some(rest.fraction()?);
            }
        }
        if !rest.0.is_empty() {
            let _ = rest.literal(" ");
            fields.offset = Some(rest.offset()?);
        }
        rest.0.is_empty().then_some(fields)
    }
}

/// What is still to be read of a stamp.
struct Remaining<'a>(&'a str);

impl<'a> Remaining<'a> {
    fn literal(&mut self, literal: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(literal)?;
        Some(())
    }

    fn one_of(&mut self, literals: &[&str]) -> Option<()> {
        literals.iter().find_map(|literal| self.literal(literal))
    }

    /// A number with so many digits, as many as there are.
    fn number<N: TryFrom<i64>>(&mut self, at_least: usize, at_most: usize) -> Option<N> {
        let digits = self.digits(at_most);
        let number = digits.parse::<i64>().ok()?;
        N::try_from(number)
            .ok()
            .filter(|_| digits.len() >= at_least)
    }

    /// Digits behind a decimal point, in nanoseconds.
    fn fraction(&mut self) -> Option<u32> {
        let digits = self.digits(9);
        let place = 10_u32.checked_pow(9 - u32::try_from(digits.len()).ok()?)?;
        let number: u32 = digits.parse().ok()?;
        number.checked_mul(place)
    }

    fn digits(&mut self, at_most: usize) -> &'a str {
        let bytes = self.0.bytes().take(at_most);
        self.take(bytes.take_while(u8::is_ascii_digit).count())
    }

    /// The place in the list of the word that comes next, cut to `length` letters.
    fn name(&mut self, names: &[&str], length: usize) -> Option<u8> {
        let cut = names.iter().map(|name| name.get(..length).unwrap_or(name));
        let mut places = cut.zip(0..);
        places.find_map(|(name, place)| self.literal(name).map(|()| place))
    }

    /// `+0200`, `+02:00`, either with seconds, or `Z`.
    fn offset(&mut self) -> Option<i32> {
        if self.one_of(&["Z", "z"]).is_some() {
            return Some(0);
        }
        let sign = if self.literal("-").is_some() {
            -1
        } else {
            self.literal("+")?;
            1
        };
        let hours: i32 = self.number(2, 2)?;
        let _ = self.literal(":");
        let minutes: i32 = self.number(2, 2)?;
        let has_seconds =
            self.0.starts_with(':') || self.0.starts_with(|c: char| c.is_ascii_digit());
        let _ = self.literal(":");
        let seconds: i32 = if has_seconds { self.number(2, 2)? } else { 0 };
        let length = hours * 3600 + minutes * 60 + seconds;
        (length <= LONGEST_OFFSET).then_some(sign * length)
    }

    /// Letters, or for a zone without a name its sign and digits.
    fn abbreviation(&mut self) -> Option<&'a str> {
        let sign = usize::from(self.0.starts_with(['+', '-']));
        let is_part = match sign {
            1 => u8::is_ascii_digit,
            _ => u8::is_ascii_alphabetic,
        };
        let count = self.0.bytes().skip(sign).take_while(is_part).count();
        (count > 0).then(|| self.take(sign + count))
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.0.split_at_checked(length).unwrap_or((self.0, ""));
        self.0 = rest;
        taken
    }
}

//! Timestamps as a format in the words of `strftime` describes them.

use std::ops::RangeInclusive;

use chrono::{NaiveDate, NaiveTime};

use super::{
    Moment,
    cursor::Cursor,
    epoch,
    stamp::{self, Fraction, NO_YEAR, Stamp},
    zone::{self, Zone},
};

#[cfg(test)]
mod tests;

/// A format such as `%d.%m.%Y %H:%M:%S`.
#[derive(Clone, Debug)]
pub(super) struct StampFormat {
    /// Its pieces from left to right.
    items: Vec<Item>,
    /// How many digits a stamp begins with. Most lines are seen to differ by that.
    digits: RangeInclusive<usize>,
    /// Whether it has month and day.
    has_date: bool,
}

/// A piece of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    /// This byte. A blank stands for one blank or several.
    Byte(u8),
    /// `%Y`
    Year,
    /// `%y`
    ShortYear,
    /// `%m`
    Month,
    /// `%b`
    MonthName,
    /// `%d` and `%e`
    Day,
    /// `%a`
    Weekday,
    /// `%H`
    Hour,
    /// `%I`
    Hour12,
    /// `%p`
    HalfOfDay,
    /// `%M`
    Minute,
    /// `%S`
    Second,
    /// `%f`: any count of digits, as those behind the point.
    Fraction,
    /// `%L`: milliseconds, not padded.
    Millis,
    /// `%z` and `%Z`
    Zone,
    /// `%s`: seconds since 1970, or a smaller unit.
    Epoch,
}

impl Item {
    /// Returns how many digits it has at least and at most. `None` if it is no number.
    const fn digits(self) -> Option<(usize, usize)> {
        Some(match self {
            Self::Year => (4, 4),
            Self::ShortYear => (2, 2),
            // A blank that stands before the first number is no part of it.
            Self::Month | Self::Minute | Self::Second | Self::Day | Self::Hour | Self::Hour12 => {
                (1, 2)
            }
            Self::Epoch => (10, 20),
            Self::Fraction => (1, 20),
            Self::Millis => (1, 3),
            _ => return None,
        })
    }
}

/// What was read so far.
#[derive(Clone, Copy, Debug, Default)]
struct StampParts {
    // Missing where the format has none.
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    hour: u32,
    minute: u32,
    second: u32,
    nanos: u32,
    is_afternoon: Option<bool>,
    zone: Option<Zone>,
    epoch: Option<Moment>,
}

impl StampFormat {
    /// Compiles a format.
    ///
    /// # Errors
    ///
    /// Fails on a letter that is not known, and if there is no time in it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut items = Vec::new();
        push_items(text, &mut items)?;
        let has = |item| items.contains(&item);
        if !has(Item::Epoch) && !has(Item::Hour) && !has(Item::Hour12) {
            return Err(format!(
                "the timestamp \"{text}\" has no time: %H, %I or %s"
            ));
        }
        let has_date = has(Item::Day) && (has(Item::Month) || has(Item::MonthName));
        if !has_date && (has(Item::Year) || has(Item::ShortYear) || has(Item::Day)) {
            return Err(format!(
                "the timestamp \"{text}\" has a part of a date only"
            ));
        }
        let counts = || items.iter().map_while(|item| item.digits());
        let digits = counts().map(|(least, _)| least).sum()..=counts().map(|(_, most)| most).sum();
        Ok(Self {
            items,
            digits,
            has_date,
        })
    }

    /// Reads the stamp that begins at an offset. `None` if it is another one.
    pub(super) fn read(&self, line: &[u8], at: usize) -> Option<Stamp> {
        let mut cursor = Cursor::new(line, at);
        let mut parts = StampParts::default();
        for (index, item) in self.items.iter().enumerate() {
            let next = self.items.get(index + 1);
            read_item(*item, next, &mut cursor, &mut parts)?;
        }
        cursor.is_boundary().then_some(())?;
        Some(Stamp {
            moment: self.moment(&parts)?,
            end: cursor.at(),
            fraction: Fraction::Missing,
            has_t: false,
        })
    }

    /// Returns what the parts say.
    fn moment(&self, parts: &StampParts) -> Option<Moment> {
        if parts.epoch.is_some() {
            return parts.epoch;
        }
        let hour = match parts.is_afternoon {
            Some(is_afternoon) => parts.hour % 12 + if is_afternoon { 12 } else { 0 },
            None => parts.hour,
        };
        let second = parts.second.min(59);
        let time = NaiveTime::from_hms_nano_opt(hour, parts.minute, second, parts.nanos)?;
        if !self.has_date {
            return Some(Moment::TimeOfDay(time));
        }
        let year = parts.year.unwrap_or(NO_YEAR);
        let civil = NaiveDate::from_ymd_opt(year, parts.month?, parts.day?)?.and_time(time);
        match parts.year {
            Some(_) => stamp::moment(civil, parts.zone.unwrap_or(Zone::Missing)),
            None => Some(Moment::YearLess(civil)),
        }
    }

    /// Returns how many digits a stamp begins with.
    pub(super) fn digits(&self) -> RangeInclusive<usize> {
        self.digits.clone()
    }

    /// Returns whether a stamp can begin with this byte.
    pub(super) fn can_begin_with(&self, byte: u8) -> bool {
        match self.items.first() {
            Some(Item::Byte(own)) => byte == *own,
            Some(Item::MonthName | Item::Weekday | Item::Zone) => byte.is_ascii_alphabetic(),
            // They can be padded with a blank.
            Some(Item::Day | Item::Hour | Item::Hour12) => byte.is_ascii_digit() || byte == b' ',
            _ => byte.is_ascii_digit(),
        }
    }
}

/// Appends the pieces of a format.
fn push_items(text: &str, items: &mut Vec<Item>) -> Result<(), String> {
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            let mut bytes = [0; 4];
            let encoded = letter.encode_utf8(&mut bytes).bytes();
            items.extend(encoded.map(Item::Byte));
            continue;
        }
        // `%-H` and `%.3f` mean the same here: the count of digits is seen in the line.
        let kind = letters.by_ref().find(|letter| !"-_0.369".contains(*letter));
        let item = match kind {
            Some('Y') => Item::Year,
            Some('y') => Item::ShortYear,
            Some('m') => Item::Month,
            Some('b' | 'B' | 'h') => Item::MonthName,
            Some('d' | 'e') => Item::Day,
            Some('a' | 'A') => Item::Weekday,
            Some('H' | 'k') => Item::Hour,
            Some('I' | 'l') => Item::Hour12,
            Some('p' | 'P') => Item::HalfOfDay,
            Some('M') => Item::Minute,
            Some('S') => Item::Second,
            Some('f') => Item::Fraction,
            Some('L') => Item::Millis,
            Some('z' | 'Z' | ':') => Item::Zone,
            Some('s') => Item::Epoch,
            Some('%') => Item::Byte(b'%'),
            Some('T') => {
                push_items("%H:%M:%S", items)?;
                continue;
            }
            Some('F') => {
                push_items("%Y-%m-%d", items)?;
                continue;
            }
            Some(other) => {
                return Err(format!("%{other} in the timestamp \"{text}\" is not known"));
            }
            None => return Err(format!("the timestamp \"{text}\" ends with %")),
        };
        items.push(item);
        if kind == Some(':') {
            // `%:z`
            letters.next();
        }
    }
    Ok(())
}

/// Reads one piece.
fn read_item(
    item: Item,
    next: Option<&Item>,
    cursor: &mut Cursor<'_>,
    parts: &mut StampParts,
) -> Option<()> {
    // Between two pieces without anything between them, only the count of digits tells where one
    // ends.
    let is_glued = next.is_some_and(|next| !matches!(next, Item::Byte(_) | Item::Fraction));
    let number = |cursor: &mut Cursor<'_>| {
        if is_glued {
            cursor.two()
        } else {
            cursor.one_or_two()
        }
    };
    match item {
        Item::Byte(b' ') => (cursor.blanks() > 0).then_some(())?,
        Item::Byte(byte) => cursor.eat(byte).then_some(())?,
        Item::Year => parts.year = i32::try_from(cursor.four()?).ok(),
        Item::ShortYear => parts.year = i32::try_from(2000 + cursor.two()?).ok(),
        Item::Month => parts.month = Some(number(cursor)?),
        Item::MonthName => parts.month = Some(stamp::month(cursor.letters())?),
        Item::Weekday => stamp::is_weekday(cursor.letters()).then_some(())?,
        Item::Day => {
            cursor.blanks();
            parts.day = Some(number(cursor)?);
        }
        Item::Hour | Item::Hour12 => {
            cursor.blanks();
            parts.hour = number(cursor)?;
        }
        Item::Minute => parts.minute = number(cursor)?,
        Item::Second => parts.second = number(cursor)?,
        Item::Fraction => parts.nanos = cursor.fraction()?,
        Item::Millis => {
            let mut millis = cursor.digit()?;
            while let Some(digit) = cursor.digit() {
                millis = millis * 10 + digit;
                if millis > 999 {
                    return None;
                }
            }
            parts.nanos = millis * 1_000_000;
        }
        Item::HalfOfDay => {
            let first = cursor.eat_any(b"AaPp")?;
            cursor.eat_any(b"Mm")?;
            parts.is_afternoon = Some(matches!(first, b'P' | b'p'));
        }
        Item::Zone => {
            parts.zone = Some(zone::read_name(cursor)).filter(|zone| *zone != Zone::Missing);
            parts.zone?;
        }
        Item::Epoch => {
            let start = cursor.at();
            cursor.skip(cursor.digits_ahead(20));
            let mut behind = *cursor;
            behind.skip(1);
            let digits = behind.digits_ahead(20);
            if cursor.peek() == Some(b'.') && digits > 0 {
                behind.skip(digits);
                *cursor = behind;
            }
            let number = cursor.slice(start, cursor.at());
            parts.epoch = Some(Moment::Instant(epoch::read(number)?));
        }
    }
    Some(())
}

//! The offset or zone behind a time: `Z`, `+02`, `+0200`, ` +02:00`, ` CEST`, ` Europe/Prague]`.

use super::cursor::Cursor;
use places::PlaceId;

pub(super) mod places;

#[cfg(test)]
mod tests;

/// How a zone is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    /// None is written.
    Missing,
    /// As a number of seconds east of UTC.
    Offset(i32),
    /// As an abbreviation, which stands for so many seconds east of UTC.
    Named(i32),
    /// As the name of a place.
    Place(PlaceId),
}

/// Reads a zone, also one behind a blank. Nothing is read where there is none.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Zone {
    let zone = match cursor.peek() {
        Some(b'Z') => utc(*cursor),
        Some(b'+' | b'-') => offset(*cursor, true),
        Some(b' ') => behind_blank(*cursor),
        _ => None,
    };
    let Some((zone, behind)) = zone else {
        return Zone::Missing;
    };
    *cursor = behind;
    // `2025-05-04T14:02:19+02:00[Europe/Prague]`: the offset says it all.
    if cursor.peek() == Some(b'[') {
        let name = cursor.rest().iter().take(40).position(|byte| *byte == b']');
        let is_name = |length: &usize| cursor.rest()[..*length].contains(&b'/');
        cursor.skip(name.filter(is_name).map_or(0, |length| length + 1));
    }
    zone
}

/// Reads a zone of which the abbreviation can stand here, without a blank before it.
pub(super) fn read_name(cursor: &mut Cursor<'_>) -> Zone {
    match named(*cursor) {
        Some((zone, behind)) => {
            *cursor = behind;
            zone
        }
        None => read(cursor),
    }
}

/// Reads `Z`.
fn utc(mut cursor: Cursor<'_>) -> Option<(Zone, Cursor<'_>)> {
    (cursor.eat(b'Z') && cursor.is_boundary()).then_some((Zone::Offset(0), cursor))
}

/// Reads ` +0200`, ` +02:00` or ` CEST`. Hours alone behind a blank count before a bracket only, as
/// databases write zones without an abbreviation: elsewhere they belong to the message.
fn behind_blank(mut cursor: Cursor<'_>) -> Option<(Zone, Cursor<'_>)> {
    cursor.skip(1);
    match cursor.peek()? {
        b'+' | b'-' => {
            let is_before_bracket =
                cursor.peek_at(3) == Some(b' ') && cursor.peek_at(4) == Some(b'[');
            offset(cursor, is_before_bracket)
        }
        b'A'..=b'Z' => named(cursor).or_else(|| place(cursor)),
        _ => None,
    }
}

/// Reads `+02`, `+0200` or `+02:00`.
fn offset(mut cursor: Cursor<'_>, takes_hours: bool) -> Option<(Zone, Cursor<'_>)> {
    let sign = if cursor.eat_any(b"+-")? == b'-' {
        -1
    } else {
        1
    };
    let hours = cursor.two()?;
    let mut behind = cursor;
    // A colon without digits behind it is what follows the stamp.
    let has_colon = behind.peek_at(1).is_some_and(|next| next.is_ascii_digit()) && behind.eat(b':');
    let minutes = match behind.two() {
        Some(minutes) => {
            cursor = behind;
            minutes
        }
        None if takes_hours && !has_colon => 0,
        None => return None,
    };
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    (hours < 19 && minutes < 60 && cursor.is_boundary())
        .then_some((Zone::Offset(sign * seconds), cursor))
}

/// Reads an abbreviation.
fn named(mut cursor: Cursor<'_>) -> Option<(Zone, Cursor<'_>)> {
    let word = cursor.letters();
    if !(3..=4).contains(&word.len()) || !cursor.is_boundary() {
        return None;
    }
    Some((Zone::Named(seconds_of(word)?), cursor))
}

/// Reads ` Europe/Prague]`, as PHP writes it. Elsewhere, words with a slash belong to the message.
fn place(mut cursor: Cursor<'_>) -> Option<(Zone, Cursor<'_>)> {
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"/_-+".contains(byte);
    let length = cursor
        .rest()
        .iter()
        .take(40)
        .take_while(|byte| is_of_name(byte))
        .count();
    // Before it is looked up: few names are kept.
    if cursor.peek_at(length) != Some(b']') {
        return None;
    }
    let name = cursor
        .rest()
        .get(..length)
        .filter(|name| name.contains(&b'/'))?;
    let place = places::find(std::str::from_utf8(name).ok()?)?;
    cursor.skip(length);
    Some((Zone::Place(place), cursor))
}

/// Returns the seconds east of UTC that an abbreviation stands for, usually where it stands for
/// several. Half hours are why these are minutes.
pub(super) fn seconds_of(word: &[u8]) -> Option<i32> {
    let minutes = match word {
        b"UTC" | b"GMT" | b"WET" => 0,
        b"CET" | b"MEZ" | b"BST" | b"WAT" | b"WEST" => 60,
        b"CEST" | b"MESZ" | b"EET" | b"CAT" | b"SAST" => 120,
        b"EEST" | b"IDT" | b"MSK" | b"EAT" | b"TRT" => 180,
        b"GST" => 240,
        b"PKT" => 300,
        b"IST" => 330,
        b"NPT" => 345,
        b"WIB" | b"ICT" => 420,
        b"HKT" | b"SGT" | b"MYT" | b"PHT" | b"AWST" | b"WITA" => 480,
        b"JST" | b"KST" | b"WIT" => 540,
        b"ACST" => 570,
        b"AEST" => 600,
        b"ACDT" => 630,
        b"AEDT" => 660,
        b"NZST" => 720,
        b"NZDT" => 780,
        b"NDT" => -150,
        b"ART" | b"BRT" | b"ADT" => -180,
        b"NST" => -210,
        b"AST" | b"EDT" => -240,
        b"EST" | b"CDT" => -300,
        b"CST" | b"MDT" => -360,
        b"MST" | b"PDT" => -420,
        b"PST" | b"AKDT" => -480,
        b"AKST" => -540,
        b"HST" => -600,
        _ => return None,
    };
    Some(minutes * 60)
}

//! Seconds, milliseconds, microseconds and nanoseconds since 1970.

use std::ops::Range;

use chrono::{DateTime, Utc};

#[cfg(test)]
mod tests;

/// The digits of a number that can be a time between 2001 and 2100, by their unit: seconds,
/// milliseconds, microseconds, nanoseconds.
const DIGITS: [(usize, u32); 4] = [(10, 0), (13, 3), (16, 6), (19, 9)];

/// The seconds that count, of 2001 to 2100. Other numbers of ten digits are something else.
const SECONDS: Range<i64> = 1_000_000_000..4_102_444_800;

/// Returns the instant of a decimal number. The count of its digits tells the unit.
pub(super) fn read(number: &[u8]) -> Option<DateTime<Utc>> {
    let digits = number
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if digits == 1 && number.get(1) == Some(&b'.') {
        return exponent(number);
    }
    let (_, power) = *DIGITS.iter().find(|(count, _)| *count == digits)?;
    let (whole, behind) = number.split_at(digits);
    let (whole, unit) = (decimal(whole)?, 10_u64.pow(power));
    let mut nanos = whole % unit * 10_u64.pow(9 - power);
    if let Some((point, fraction)) = behind.split_first() {
        let is_fraction = *point == b'.' && fraction.iter().all(u8::is_ascii_digit);
        if !is_fraction || fraction.is_empty() {
            return None;
        }
        // Digits below a nanosecond are cut off.
        let kept = &fraction[..fraction.len().min((9 - power) as usize)];
        let missing = 9 - power - u32::try_from(kept.len()).ok()?;
        nanos += decimal(kept)? * 10_u64.pow(missing);
    }
    let second = i64::try_from(whole / unit).ok()?;
    SECONDS
        .contains(&second)
        .then(|| DateTime::from_timestamp(second, u32::try_from(nanos).ok()?))?
}

/// Returns the instant of `1.746367339123e9`.
fn exponent(number: &[u8]) -> Option<DateTime<Utc>> {
    let text = std::str::from_utf8(number).ok()?;
    let (digits, power) = text.split_once(['e', 'E'])?;
    let power: usize = power.trim_start_matches('+').parse().ok()?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.len() > 30 || power > 18 {
        return None;
    }
    // The point moves to the right, so that no digit is lost.
    let shown = format!("{fraction:0<power$}");
    let (moved, rest) = shown.split_at_checked(power)?;
    let plain = if rest.is_empty() {
        format!("{whole}{moved}")
    } else {
        format!("{whole}{moved}.{rest}")
    };
    let is_plain = plain
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_plain.then(|| read(plain.as_bytes()))?
}

/// Returns the number that some digits are, of which there are 19 at most.
fn decimal(digits: &[u8]) -> Option<u64> {
    let add = |sum: u64, digit: &u8| Some(sum * 10 + u64::from(digit.checked_sub(b'0')?));
    digits.iter().try_fold(0, add)
}

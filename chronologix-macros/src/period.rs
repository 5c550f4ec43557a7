//! Short spans of time as users write them: `5s`. The same rule as that of `chronologix_core::Period`.

/// The units, and their milliseconds.
pub(crate) const UNITS: [(&str, u64); 4] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

/// The milliseconds of a period.
pub(crate) fn millis(text: &str) -> Result<u64, String> {
    let wrong = || {
        format!(
            "unknown period {text:?}; allowed: a number above 0 with one of the units ms, s, m, h, such as 5s"
        )
    };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, millis) = UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .ok_or_else(wrong)?;
    let number = number.parse::<u64>().ok().filter(|number| *number > 0);
    number
        .and_then(|number| number.checked_mul(*millis))
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests;

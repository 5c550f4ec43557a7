//! Short spans of time as users write them: `5s`. The same rule as that of `chronologix_core::Period`.

/// The units, and their milliseconds.
pub(crate) const UNITS: [(&str, u64); 4] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

/// The milliseconds of a period.
pub(crate) fn millis(text: &str) -> Result<u64, String> {
    let millis = milliseconds(text).filter(|millis| *millis > 0);
    millis.ok_or_else(|| {
        format!(
            "unknown period {text:?}; allowed: a number above 0 with one of the units ms, s, m, h, such as 5s"
        )
    })
}

/// The milliseconds of `500ms`, `5s`, `2m` or `1h`; also of `0s`, which is a time and no period.
pub(crate) fn milliseconds(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, worth) = UNITS.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*worth)
}

#[cfg(test)]
mod tests;

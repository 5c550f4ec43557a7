//! Short spans of time as users write them: `5s`. The same rule as that of `chronologix_core::Period`.

/// The units, and their nanoseconds.
const UNITS: [(&str, u64); 4] = [
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// The nanoseconds of a period.
pub(crate) fn nanos(text: &str) -> Result<u64, String> {
    let wrong = || {
        format!(
            "unknown period \"{text}\"; allowed: a number above 0 with one of the units ms, s, m, h, such as \"5s\""
        )
    };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, nanos) = UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .ok_or_else(wrong)?;
    let number = number.parse::<u64>().ok().filter(|number| *number > 0);
    number
        .and_then(|number| number.checked_mul(*nanos))
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests;

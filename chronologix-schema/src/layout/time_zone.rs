//! Time zones by name: the system's data first, the bundled copy where that has no such zone.

use std::fmt;

use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The time zone with this name: `UTC`, `local`, or an IANA name such as `Europe/Prague`.
///
/// The letter case does not matter. `local` is the zone of the machine, and `UTC` on one that
/// names none.
///
/// ```
/// use chronologix_schema::layout::zone;
///
/// assert_eq!(zone("Europe/Prague")?.iana_name(), Some("Europe/Prague"));
/// assert_eq!(
///     zone("Europe/Pragu").unwrap_err().to_string(),
///     r#"unknown time zone "Europe/Pragu"; did you mean Europe/Prague? "#.to_owned()
///         + "allowed: UTC, local, or an IANA name",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When neither the system nor the bundled data know the name; the error suggests the nearest ones.
pub fn zone(name: &str) -> Result<TimeZone, UnknownZone> {
    // Before the data of the system are asked for: the first who does looks through hundreds of files.
    if name.eq_ignore_ascii_case("UTC") {
        return Ok(TimeZone::UTC);
    }
    if name.eq_ignore_ascii_case("local") {
        return Ok(TimeZone::try_system().unwrap_or(TimeZone::UTC));
    }
    zone_in(jiff::tz::db(), name)
}

fn zone_in(system: &TimeZoneDatabase, name: &str) -> Result<TimeZone, UnknownZone> {
    let bundled = TimeZoneDatabase::bundled();
    let found = system.get(name).or_else(|_| bundled.get(name));
    found.map_err(|_unknown| UnknownZone {
        name: name.to_owned(),
        nearest: nearest(
            name,
            bundled.available().map(|known| known.as_str().to_owned()),
        ),
    })
}

/// A name that is no time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownZone {
    name: String,
    /// Names the user may have meant, the most likely first.
    nearest: Vec<String>,
}

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown time zone {:?}; ", self.name)?;
        if !self.nearest.is_empty() {
            write!(f, "did you mean {}? ", self.nearest.join(" or "))?;
        }
        f.write_str("allowed: UTC, local, or an IANA name")
    }
}

impl std::error::Error for UnknownZone {}

/// At most three of the known names that differ little from `name`, or whose city does.
fn nearest(name: &str, known: impl Iterator<Item = String>) -> Vec<String> {
    // Longer texts are no slips of the pen, and comparing them would take long.
    if name.is_empty() || name.len() > 64 {
        return Vec::new();
    }
    let wanted = name.to_lowercase().replace(' ', "_");
    let allowed = 1 + wanted.len() / 6;
    let mut found: Vec<(usize, String)> = known
        .filter_map(|known| {
            let lower = known.to_lowercase();
            let city = lower.rsplit('/').next().unwrap_or_default();
            // A city alone is worth a little less than the same mistake in a whole name.
            let edits = edits(&wanted, &lower).min(edits(&wanted, city).saturating_add(1));
            (edits <= allowed).then_some((edits, known))
        })
        .collect();
    found.sort();
    let least = found.first().map_or(0, |(edits, _)| *edits);
    found
        .into_iter()
        .take_while(|(edits, _)| *edits == least)
        .take(3)
        .map(|(_, name)| name)
        .collect()
}

/// How many letters must be put in, taken out or changed to get from one text to the other.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, letter) in from.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        for (above, other) in row.iter_mut().skip(1).zip(&to) {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = *above;
            left = changed.min(*above + 1).min(left + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;

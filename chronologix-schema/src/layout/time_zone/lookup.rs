//! Time zones by name, and what an unknown name may have meant.

use std::fmt;

use super::{
    TimeZone,
    database::{Database, is_name},
    local::local,
};
use crate::word::debug_as_text;

/// The first parts of names, as the time zone database has them.
const AREAS: &str = "Africa America Antarctica Arctic Asia Atlantic Australia Brazil Canada Chile \
                     Etc Europe Indian Mexico Pacific US";

/// Returns the time zone with this name: `UTC`, `local`, or an IANA name such as `Europe/Prague`.
///
/// Names are looked up in the system's zone data, then in the bundled copy of the feature
/// `bundled-zones`. The letter case does not matter. `local` is the zone that the variable `TZ` or
/// `/etc/localtime` names, as the C library reads them, and `UTC` where neither names one.
///
/// ```
/// use chronologix_schema::layout::zone;
///
/// assert_eq!(zone("Europe/Prague")?.name(), "Europe/Prague");
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
/// When no data has the name, or the name that `local` stands for. The error suggests the nearest
/// ones.
pub fn zone(name: &str) -> Result<TimeZone, UnknownZone> {
    // Before any data is looked at, which a small container may lack.
    if name.eq_ignore_ascii_case("UTC") {
        return Ok(TimeZone::UTC);
    }
    let database = Database::of_system();
    if name.eq_ignore_ascii_case("local") {
        return local(&database);
    }
    zone_in(&database, name)
}

/// Checks a name when a program is built, on a machine that may lack zones of the machine that it
/// runs on.
///
/// A name that the data of this machine lacks is taken only if it is like none that is there, and
/// of an area of the time zone database, or if this machine has no data.
///
/// # Errors
///
/// As [`zone`], for a name that is surely wrong.
pub fn check_zone_name(name: &str) -> Result<(), UnknownZone> {
    // The zone of the machine that builds does not matter.
    if name.eq_ignore_ascii_case("local") {
        return Ok(());
    }
    match zone(name) {
        Err(unknown) if !unknown.may_be_elsewhere() => Err(unknown),
        _ => Ok(()),
    }
}

pub(super) fn zone_in(database: &Database, name: &str) -> Result<TimeZone, UnknownZone> {
    if let Some((name, rules)) = database.find(name) {
        return Ok(TimeZone::new(name, rules));
    }
    Err(UnknownZone::new(name, database))
}

/// A name that is no time zone. Its `Debug` form is its text.
#[derive(Clone, PartialEq, Eq)]
pub struct UnknownZone {
    name: String,
    /// Names the user may have meant, the most likely first.
    pub(super) nearest: Vec<String>,
    /// Whether there is any zone data.
    has_data: bool,
    /// What gave the name, if it was not the caller.
    given_by: Option<&'static str>,
}

impl UnknownZone {
    pub(super) fn new(name: &str, database: &Database) -> Self {
        let known = database.names();
        let has_data = !known.is_empty();
        let mut nearest = nearest(name, known);
        // Not every file among them is a zone.
        nearest.retain(|near| database.find(near).is_some());
        Self {
            name: name.to_owned(),
            nearest,
            has_data,
            given_by: None,
        }
    }

    /// Says that this variable or file gave the name.
    pub(super) fn given_by(mut self, place: &'static str) -> Self {
        self.given_by = Some(place);
        self
    }

    fn may_be_elsewhere(&self) -> bool {
        let area = self.name.split('/').next().unwrap_or_default();
        let is_area = || area != self.name && AREAS.split(' ').any(|known| known == area);
        let is_new = || self.nearest.is_empty() && is_area();
        is_name(&self.name) && (!self.has_data || is_new())
    }
}

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown time zone {:?}", self.name)?;
        if let Some(place) = self.given_by {
            write!(f, " in {place}, which local stands for")?;
        }
        f.write_str("; ")?;
        if !self.nearest.is_empty() {
            write!(f, "did you mean {}? ", self.nearest.join(" or "))?;
        }
        if !self.has_data {
            f.write_str(
                "this system has no time zone data: install it, or build with the feature \
                 bundled-zones; ",
            )?;
        }
        f.write_str("allowed: UTC, local, or an IANA name")
    }
}

debug_as_text!(UnknownZone);

impl std::error::Error for UnknownZone {}

/// At most three of the known names that differ little from `name`, or whose city does.
fn nearest(name: &str, known: Vec<String>) -> Vec<String> {
    // Longer texts are no slips of the pen, and comparing them would take long.
    if name.is_empty() || name.len() > 64 {
        return Vec::new();
    }
    let wanted = name.to_ascii_lowercase().replace(' ', "_");
    let allowed = 1 + wanted.len() / 6;
    let mut found: Vec<(usize, String)> = known
        .into_iter()
        .filter_map(|known| {
            let lower = known.to_ascii_lowercase();
            let city = lower.rsplit('/').next().unwrap_or_default();
            // A city alone is worth a little less than the same mistake in a whole name.
            let whole = strsim::levenshtein(&wanted, &lower);
            let edits = whole.min(strsim::levenshtein(&wanted, city).saturating_add(1));
            (edits <= allowed).then_some((edits, known))
        })
        .collect();
    let least = found.iter().map(|(edits, _)| *edits).min();
    found.retain(|(edits, _)| Some(*edits) == least);
    found.into_iter().take(3).map(|(_, name)| name).collect()
}

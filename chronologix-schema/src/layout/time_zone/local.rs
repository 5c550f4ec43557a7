//! The zone of the machine, and a name for it that is true.

use std::{env, fs, path::Path};

use super::{TimeZone, database::Database, rules::Rules};

/// What a path to zone data has before the name of the zone.
const ROOT: &str = "zoneinfo/";

/// The zone that `TZ` or the system names; UTC where neither names one that is known.
pub(super) fn local(database: &Database) -> TimeZone {
    let found = match env::var("TZ") {
        Ok(variable) => of_variable(&variable, database),
        Err(_) => of_system(database),
    };
    found.unwrap_or(TimeZone::UTC)
}

#[cfg(not(windows))]
fn of_system(database: &Database) -> Option<TimeZone> {
    of_file(Path::new("/etc/localtime"), database)
}

#[cfg(windows)]
fn of_system(database: &Database) -> Option<TimeZone> {
    named(&iana_time_zone::get_timezone().ok()?, database)
}

/// As the C library reads `TZ`: the path of a file, a name, or a rule.
pub(super) fn of_variable(variable: &str, database: &Database) -> Option<TimeZone> {
    let text = variable.strip_prefix(':').unwrap_or(variable);
    if text.is_empty() {
        return None;
    }
    if Path::new(text).is_absolute() {
        return of_file(Path::new(text), database);
    }
    named(text, database).or_else(|| TimeZone::posix(text))
}

fn named(name: &str, database: &Database) -> Option<TimeZone> {
    if name.eq_ignore_ascii_case("UTC") {
        return Some(TimeZone::UTC);
    }
    let (name, rules) = database.find(name)?;
    Some(TimeZone::new(name, rules))
}

/// The zone of a file: by the name that its path or its link has, if that names the same rules.
///
/// A container may have another zone's file mounted over its own, whose link names the wrong one.
/// A reader of the tree on another machine has the name alone.
pub(super) fn of_file(path: &Path, database: &Database) -> Option<TimeZone> {
    let data = fs::read(path).ok();
    let rules = data.as_ref().and_then(|data| Rules::of_tzif(data));
    let link = fs::read_link(path).ok();
    let found = [Some(path.to_owned()), link]
        .into_iter()
        .flatten()
        .filter_map(|path| database.find(name_in(&path)?))
        .find(|(_, known)| rules.as_ref().is_none_or(|rules| rules.agrees_with(known)));
    if let Some((name, rules)) = found {
        return Some(TimeZone::new(name, rules));
    }
    let (data, rules) = (data?, rules?);
    let name = footer(&data).map_or_else(|| rules.last_offset(), str::to_owned);
    Some(TimeZone::new(name, rules))
}

fn name_in(path: &Path) -> Option<&str> {
    let (_, name) = path.to_str()?.rsplit_once(ROOT)?;
    Some(name)
}

/// The POSIX rule at the end of `TZif` data, if there is one.
fn footer(data: &[u8]) -> Option<&str> {
    let text = data.rsplit(|byte| *byte == b'\n').nth(1)?;
    let text = std::str::from_utf8(text).ok()?;
    Rules::of_posix(text).map(|_| text)
}

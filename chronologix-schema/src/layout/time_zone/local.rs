//! The zone of the machine, and a name for it that is true.

use std::{env, fs, path::Path};

use super::{TimeZone, database::Database, lookup::UnknownZone, rules::Rules};

/// Where systems say which zone is theirs.
#[cfg(not(windows))]
const PLACE: &str = "/etc/localtime";

/// What a path to zone data has before the name of the zone.
const ROOT: &str = "zoneinfo/";

/// The summer time of a rule that names one and not its days, as the C library takes it.
const USUAL_DAYS: &str = ",M3.2.0,M11.1.0";

/// The zone that `TZ` or the system names; UTC where neither names one.
///
/// # Errors
///
/// When the zone that is named is not known. UTC in its place would be hours off.
pub(super) fn local(database: &Database) -> Result<TimeZone, UnknownZone> {
    match env::var_os("TZ") {
        Some(variable) => of_variable(&variable.to_string_lossy(), database),
        None => of_system(database),
    }
}

#[cfg(not(windows))]
fn of_system(database: &Database) -> Result<TimeZone, UnknownZone> {
    of_link(Path::new(PLACE), database)
}

#[cfg(windows)]
fn of_system(database: &Database) -> Result<TimeZone, UnknownZone> {
    let Ok(name) = iana_time_zone::get_timezone() else {
        return Ok(TimeZone::UTC);
    };
    named(&name, database).ok_or_else(|| UnknownZone::new(&name, database))
}

/// The zone of `/etc/localtime`; UTC where there is none.
#[cfg(not(windows))]
pub(super) fn of_link(path: &Path, database: &Database) -> Result<TimeZone, UnknownZone> {
    if path.symlink_metadata().is_err() {
        return Ok(TimeZone::UTC);
    }
    let unknown = || {
        let link = fs::read_link(path).ok();
        let name = link.as_deref().and_then(name_in);
        let name = name.map_or_else(|| path.display().to_string(), str::to_owned);
        UnknownZone::new(&name, database).given_by(PLACE)
    };
    of_file(path, database).ok_or_else(unknown)
}

/// As the C library reads `TZ`: the path of a file, a name, or a rule.
pub(super) fn of_variable(variable: &str, database: &Database) -> Result<TimeZone, UnknownZone> {
    let text = variable.strip_prefix(':').unwrap_or(variable);
    if text.is_empty() {
        return Ok(TimeZone::UTC);
    }
    let found = if Path::new(text).is_absolute() {
        of_file(Path::new(text), database)
    } else {
        let whole = || TimeZone::posix(&format!("{text}{USUAL_DAYS}"));
        named(text, database)
            .or_else(|| TimeZone::posix(text))
            .or_else(whole)
    };
    found.ok_or_else(|| UnknownZone::new(text, database).given_by("TZ"))
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

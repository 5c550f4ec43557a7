//! Zone data: what the system has, and the copy that is built in.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

#[cfg(any(feature = "bundled-zones", windows))]
use tzdb_data::{TZ_NAMES, find_raw};

use super::rules::Rules;

/// Where systems keep zone data.
const DIRS: [&str; 4] = [
    "/usr/share/zoneinfo",
    "/usr/lib/zoneinfo",
    "/usr/share/lib/zoneinfo",
    "/etc/zoneinfo",
];

/// The names of UTC. What they mean needs no data, and a file that is mounted over `/etc/localtime`
/// may hide that of the zone it is linked to.
const UTC_NAMES: [&str; 8] = [
    "UTC",
    "UCT",
    "Universal",
    "Zulu",
    "Etc/UTC",
    "Etc/UCT",
    "Etc/Universal",
    "Etc/Zulu",
];

/// The names in the copy that is built in: without it none.
#[cfg(not(any(feature = "bundled-zones", windows)))]
const TZ_NAMES: [&str; 0] = [];

/// Returns the data of a zone in the copy that is built in.
#[cfg(not(any(feature = "bundled-zones", windows)))]
fn find_raw(_: &[u8]) -> Option<&'static [u8]> {
    None
}

/// No name of a zone is longer.
const LONGEST_NAME: usize = 64;

/// How many folders deep names go: `America/Argentina/Salta`.
const DEEPEST: usize = 3;

/// Places to look zones up in.
#[derive(Debug)]
pub(super) struct Database {
    dirs: Vec<PathBuf>,
    /// Whether to look into the bundled copy as well, if there is one.
    is_bundled: bool,
}

impl Database {
    /// The system's data, in the folder that `TZDIR` names or in the usual ones, then the bundled
    /// copy.
    pub(super) fn of_system() -> Self {
        let dirs = match env::var_os("TZDIR").filter(|dir| !dir.is_empty()) {
            Some(dir) => vec![dir.into()],
            None => DIRS.map(PathBuf::from).to_vec(),
        };
        Self {
            dirs,
            is_bundled: true,
        }
    }

    /// The data of one folder.
    #[cfg(test)]
    pub(super) fn of_dir(dir: &Path, is_bundled: bool) -> Self {
        Self {
            dirs: vec![dir.to_owned()],
            is_bundled,
        }
    }

    /// The name as the data spells it, and the rules.
    pub(super) fn find(&self, name: &str) -> Option<(String, Rules)> {
        if !is_name(name) {
            return None;
        }
        let is_it = |known: &&str| known.eq_ignore_ascii_case(name);
        if let Some(utc) = UTC_NAMES.into_iter().find(is_it) {
            return Some((utc.to_owned(), Rules::of_posix("UTC0")?));
        }
        let in_dir = |dir: &PathBuf| {
            let rules = |name: &str| Rules::of_tzif(&fs::read(dir.join(name)).ok()?);
            let read = |name: String| rules(&name).map(|rules| (name, rules));
            read(name.to_owned()).or_else(|| read(spelled(dir, name)?))
        };
        let bundled = || {
            let rules = Rules::of_tzif(find_raw(name.as_bytes()).filter(|_| self.is_bundled)?)?;
            let spelled = TZ_NAMES.iter().copied().find(is_it)?;
            Some((spelled.to_owned(), rules))
        };
        self.dirs.iter().find_map(in_dir).or_else(bundled)
    }

    /// Every name that may be one of a zone, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for dir in &self.dirs {
            collect(dir, "", DEEPEST, &mut names);
        }
        if self.is_bundled {
            names.extend(TZ_NAMES.iter().copied().map(str::to_owned));
        }
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Whether a zone could have this name. Such a name leads to no other place than the folder it is
/// looked up in.
pub(super) fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-+".contains(&byte);
        !part.is_empty() && part.bytes().all(is_allowed)
    };
    name.len() <= LONGEST_NAME && name.split('/').all(is_part)
}

/// The name with the letter case that the folder has.
fn spelled(dir: &Path, name: &str) -> Option<String> {
    let mut found = String::new();
    for part in name.split('/') {
        let entries = fs::read_dir(dir.join(&found)).ok()?;
        let names = entries.flatten().map(|entry| entry.file_name());
        let mut names = names.filter_map(|name| name.into_string().ok());
        found.push_str(&names.find(|name| name.eq_ignore_ascii_case(part))?);
        found.push('/');
    }
    found.pop();
    Some(found)
}

/// Adds the names of the files in a folder and in those inside it.
fn collect(dir: &Path, prefix: &str, depth: usize, names: &mut Vec<String>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        // Other versions of the same zones.
        if !is_name(&name) || ["posix", "right"].contains(&&*name) {
            continue;
        }
        let (path, name) = (entry.path(), format!("{prefix}{name}"));
        if !path.is_dir() {
            names.push(name);
        } else if depth > 1 {
            collect(&path, &format!("{name}/"), depth - 1, names);
        }
    }
}

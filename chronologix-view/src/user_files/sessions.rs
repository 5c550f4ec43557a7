//! Sessions: one file for each tree, in `chronologix/sessions` of the state folder.

use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::model::session::Session;

#[cfg(test)]
mod tests;

/// The longest file name. Most file systems accept 255 bytes.
const LONGEST_NAME: usize = 200;

/// A session with the path of its tree, because two long paths may share a file name.
#[derive(Debug, Serialize, Deserialize)]
struct KeptSession {
    tree: PathBuf,
    #[serde(flatten)]
    session: Session,
}

/// Reads the session of a tree, if there is a valid one.
pub(super) fn read(folder: &Path, base: &Path) -> Option<Session> {
    let tree = fs::canonicalize(base).ok()?;
    let text = fs::read_to_string(folder.join(name_of(&tree))).ok()?;
    // A session in the format of another version is ignored.
    let kept: KeptSession = toml::from_str(&text).ok()?;
    (kept.tree == tree).then_some(kept.session)
}

/// Saves the session of a tree. An empty session removes the file.
///
/// # Errors
///
/// Fails if the file cannot be written. An existing file is unchanged then.
pub(super) fn write(folder: &Path, base: &Path, session: Session) -> io::Result<()> {
    // A tree that does not exist needs no session.
    let Ok(tree) = fs::canonicalize(base) else {
        return Ok(());
    };
    let path = folder.join(name_of(&tree));
    if session.is_empty() {
        return match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    let text = toml::to_string(&KeptSession {
        tree: tree.clone(),
        session,
    })
    .map_err(io::Error::other)?;
    fs::create_dir_all(folder)?;
    if fs::canonicalize(folder)?.starts_with(&tree) {
        return Err(io::Error::other("log trees are read-only"));
    }
    // Renamed into place, so that the file is complete at every moment.
    let new = path.with_extension("new");
    fs::write(&new, text)?;
    fs::rename(new, path)
}

/// Returns the file name: the path with separators replaced by `%`.
fn name_of(tree: &Path) -> String {
    let letter = |letter: char| match letter {
        '/' | '\\' | ':' => '%',
        other => other,
    };
    let name: String = tree.to_string_lossy().chars().map(letter).collect();
    let mut start = name.len().saturating_sub(LONGEST_NAME);
    while !name.is_char_boundary(start) {
        start += 1;
    }
    format!("{}.toml", &name[start..])
}

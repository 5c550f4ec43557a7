//! One file for each tree in `chronologix/sessions` of the state folder.

use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::model::session::Session;

#[cfg(test)]
mod tests;

/// The longest name of a file; most file systems take 255 bytes.
const LONGEST_NAME: usize = 200;

/// A session with the tree it is of, since two long paths may share a name.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    tree: PathBuf,
    #[serde(flatten)]
    session: Session,
}

/// The session that was kept of a tree, if there is one that can be read.
pub(super) fn read(folder: &Path, base: &Path) -> Option<Session> {
    let tree = fs::canonicalize(base).ok()?;
    let text = fs::read_to_string(folder.join(name_of(&tree))).ok()?;
    // One that an older or a newer viewer wrote otherwise is as good as none.
    let kept: Kept = toml::from_str(&text).ok()?;
    (kept.tree == tree).then_some(kept.session)
}

/// Keeps the session of a tree; nothing to be kept leaves no file.
///
/// # Errors
///
/// When the file cannot be written. It is as it was, then.
pub(super) fn write(folder: &Path, base: &Path, session: Session) -> io::Result<()> {
    // A tree that does not exist any more needs no session.
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
    let text = toml::to_string(&Kept {
        tree: tree.clone(),
        session,
    })
    .map_err(io::Error::other)?;
    fs::create_dir_all(folder)?;
    if fs::canonicalize(folder)?.starts_with(&tree) {
        return Err(io::Error::other(
            "it would lie in the log tree, which is only read",
        ));
    }
    // In two steps, so that there is a whole file at every moment.
    let new = path.with_extension("new");
    fs::write(&new, text)?;
    fs::rename(new, path)
}

/// The name of the file: the path with separators as `%`.
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

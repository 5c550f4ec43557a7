//! Which interval folder is the current one.
//!
//! The next folder is made ahead and stays empty until its interval starts, so the last name is not
//! it. A clock that differs from the writer's must not matter either: bytes win over the clock.

use chronologix_schema::layout::Folder;

#[cfg(test)]
mod tests;

/// The latest folder whose start has come or that has bytes; the first one if there is none.
/// `folders` are in order. Later folders are asked for bytes before earlier ones.
pub(crate) fn current(
    folders: &[Folder],
    has_started: impl Fn(Folder) -> bool,
    mut has_bytes: impl FnMut(Folder) -> bool,
) -> Option<Folder> {
    let latest = folders
        .iter()
        .rev()
        .find(|folder| has_started(**folder) || has_bytes(**folder));
    latest.or(folders.first()).copied()
}

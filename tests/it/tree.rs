//! Trees and files of these tests.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Whoever holds this may start the streams declared at the root of this test binary.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The interval folders in a base directory, oldest first.
pub(crate) fn folders(base: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(base).unwrap().map(|entry| entry.unwrap());
    let is_folder = |entry: &fs::DirEntry| entry.file_type().unwrap().is_dir();
    let mut folders = entries
        .filter(is_folder)
        .map(|entry| entry.path())
        .collect::<Vec<_>>();
    folders.sort();
    folders
}

/// What a base directory holds: names below it, and the text of each file.
pub(crate) fn read_tree(base: &Path) -> BTreeMap<String, String> {
    let mut tree = BTreeMap::new();
    for folder in folders(base) {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path
                .strip_prefix(base)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            tree.insert(name, fs::read_to_string(path).unwrap());
        }
    }
    tree
}

/// The lines of one stream's files, folder after folder, each with the name of its folder.
pub(crate) fn lines_of(base: &Path, file: &str) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for folder in folders(base) {
        let Ok(text) = fs::read_to_string(folder.join(file)) else {
            continue;
        };
        assert!(
            text.is_empty() || text.ends_with('\n'),
            "{}: torn",
            folder.display()
        );
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        lines.extend(text.lines().map(|line| (name.clone(), line.to_owned())));
    }
    lines
}

/// A line without its timestamp.
pub(crate) fn message(line: &str) -> &str {
    line.split_once("] ")
        .unwrap_or_else(|| panic!("no timestamp: {line:?}"))
        .1
}

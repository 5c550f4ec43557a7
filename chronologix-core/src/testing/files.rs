//! The lines of one stream, out of a tree in memory.

use std::path::Path;

use chronologix_schema::layout::file_name::without_number;

use crate::fs::memory::MemoryFs;

/// A place in the order of files: the interval folder, then the number.
type Place = (String, u32);

/// All lines of a file and of its numbered successors, folder after folder.
pub(super) fn lines(fs: &MemoryFs, file: &str) -> Vec<String> {
    let mut parts = Vec::new();
    fs.for_each_file(|path, bytes| {
        if let Some(place) = place(path, file) {
            parts.push((place, String::from_utf8_lossy(bytes).into_owned()));
        }
    });
    parts.sort();
    let text = parts.iter().flat_map(|(_, text)| text.lines());
    text.map(str::to_owned).collect()
}

/// Where a path comes among the files of the stream whose file is `file`, if it is one of them.
fn place(path: &Path, file: &str) -> Option<Place> {
    let name = path.file_name()?.to_str()?;
    let folder = path.parent()?.file_name()?.to_str()?.to_owned();
    if name == file {
        return Some((folder, 0));
    }
    if without_number(name)? != file {
        return None;
    }
    // The one part in which the names differ.
    let mut parts = name.split('.').zip(file.split('.').map(Some).chain([None]));
    let number = parts.find(|(part, other)| Some(*part) != *other)?.0;
    Some((folder, number.parse().ok()?))
}

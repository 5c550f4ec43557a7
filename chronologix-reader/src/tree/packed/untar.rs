//! Unpacks tar archives, or finds what is in them where they can be read at an offset.

use std::{fs::File, io, path::Path, sync::Arc};

use super::{
    super::{
        decode::{CUT_OFF, Content, HEAD, damage, decode},
        file_name::bytes_text,
        positional::{Identity, OpenFile, read_at},
    },
    Archive, Sequential, by_name, frames, partly_unpacked,
};

/// Finds the files of a tar archive. One that can be read at an offset is read in place.
pub(super) fn untar(
    path: &Path,
    packed: File,
    identity: Identity,
) -> io::Result<(Archive, Option<String>)> {
    let mut head = [0; HEAD];
    let stored = OpenFile::plain(packed);
    let length = read_at(&stored, &mut head, 0)?;
    let content = Content::of(&head[..length]);
    let in_place = match content {
        Content::Compressed(_) => frames(path, &stored, content, identity)?,
        _ => Some(stored.part(0..u64::MAX, identity)),
    };
    let (whole, mut trouble) = if let Some(whole) = in_place {
        (whole, None)
    } else {
        let mut unpacked = tempfile::tempfile()?;
        let trouble = decode(Sequential::new(stored), &mut unpacked)?;
        let whole = OpenFile::unpacked(Arc::new(unpacked), identity);
        (whole, trouble)
    };
    let mut members = Vec::new();
    let length = whole.state()?.length;
    let mut archive = tar::Archive::new(Sequential::new(whole.clone()));
    for entry in archive.entries_with_seek()? {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                trouble.get_or_insert_with(|| partly_unpacked(&damage(&error)));
                break;
            }
        };
        if entry.header().entry_type().is_file() {
            let name = bytes_text(&entry.path_bytes());
            let start = entry.raw_file_position();
            let end = start.saturating_add(entry.size());
            if end > length {
                trouble.get_or_insert_with(|| partly_unpacked(CUT_OFF));
            }
            members.push((name, start..end.min(length).max(start)));
        }
    }
    let archive = Archive {
        whole,
        identity,
        members: by_name(members),
    };
    Ok((archive, trouble))
}

//! The files of streams in a folder.

use std::collections::BTreeMap;

use super::{
    Listing, PartKind, SUFFIX, StreamFile, Tree, file_name::shown_name, given::GivenFile, numbered,
    packed::uncompressed_name,
};
use crate::streams::StreamId;

impl Tree {
    /// Finds the files of streams in a folder, by stream and part. Adds new streams.
    pub(crate) fn files(&mut self, listing: &Listing) -> BTreeMap<(StreamId, u32), StreamFile> {
        let names = listing.files();
        if !self.has_intervals() {
            return self.given_files(names);
        }
        let described = self.manifest.iter().flat_map(|manifest| &manifest.streams);
        let described: BTreeMap<&str, &str> = described
            .map(|stream| (&*stream.file, &*stream.name))
            .collect();
        let stream_of = |name: &str| match described.get(name) {
            Some(stream) => Some((*stream).to_owned()),
            None => name.strip_suffix(SUFFIX).map(ToOwned::to_owned),
        };
        let names = names.iter().map(|real| {
            let name = listing.name_in_folder(real);
            (uncompressed_name(name).unwrap_or(name), real)
        });
        let names = names.filter(|(name, _)| !name.starts_with('.'));
        let names: Vec<(&str, &String)> = names.collect();
        let has = |name: &str| names.iter().any(|(other, _)| *other == name);
        let mut found = Vec::new();
        for (name, real) in &names {
            let numbered = numbered(name).filter(|(first, _)| {
                !described.contains_key(name) && (described.contains_key(&**first) || has(first))
            });
            let (first, part) = numbered.unwrap_or_else(|| ((*name).to_owned(), 0));
            if let Some(stream) = stream_of(&first).filter(|stream| !stream.is_empty()) {
                let stream = self.names.id(&shown_name(&stream));
                found.push((stream, part, (*real).clone()));
            }
        }
        self.streams.learn(&self.names);
        number(found, listing)
    }

    /// Returns those of the files that were given.
    fn given_files(&mut self, names: &[String]) -> BTreeMap<(StreamId, u32), StreamFile> {
        let given = self.given.folders.values().flatten();
        // The names are sorted.
        let given = given.filter(|file| names.binary_search(&file.path).is_ok());
        let file = |file: &GivenFile| {
            let stream = self.names.id(&file.stream);
            let found = StreamFile {
                stream,
                part: file.part,
                name: file.path.clone(),
                kind: file.kind,
            };
            ((stream, file.part), found)
        };
        let found = given.map(file).collect();
        self.learn();
        found
    }
}

/// Numbers the files of streams. Late ones come behind all earlier ones of their stream.
fn number(
    mut found: Vec<(StreamId, u32, String)>,
    listing: &Listing,
) -> BTreeMap<(StreamId, u32), StreamFile> {
    let round = |(.., name): &(StreamId, u32, String)| listing.round(name);
    found.sort_by_key(round);
    let mut files = BTreeMap::new();
    let mut behind: BTreeMap<StreamId, u32> = BTreeMap::new();
    for found in found.chunk_by(|one, other| round(one) == round(other)) {
        let firsts = behind.clone();
        for (stream, part, name) in found {
            let first = firsts.get(stream).copied().unwrap_or_default();
            let (stream, part) = (*stream, part.saturating_add(first));
            let next = behind.entry(stream).or_default();
            *next = part.saturating_add(1).max(*next);
            // Two names may be shown as one.
            files.entry((stream, part)).or_insert_with(|| StreamFile {
                stream,
                part,
                name: name.clone(),
                kind: PartKind::Own,
            });
        }
    }
    files
}

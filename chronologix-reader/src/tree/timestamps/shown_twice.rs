//! Timestamps without an offset, in the hour that clocks show twice.

use std::{collections::BTreeMap, iter, ops::Range};

use chrono::NaiveDateTime;
use chronologix_schema::layout::Folder;

use super::{TimestampReader, bracketed_timestamp};
use crate::{
    streams::StreamId,
    tree::{
        Listing, OpenFile, StreamFile, path_of,
        repeated_hour::own::{HourFile, RepeatedHours},
    },
};

impl TimestampReader {
    /// Returns the times that clocks show twice in a folder, or soon after.
    pub(in crate::tree) fn repeated_hour(&self, folder: Folder) -> Option<Range<NaiveDateTime>> {
        RepeatedHours::of_folder(folder, self.zone.as_ref()?)
    }

    /// Adds the files of a folder. They are only needed if clocks show an hour twice in it.
    pub(crate) fn add_files(
        &self,
        folder: Folder,
        listing: &Listing,
        files: &BTreeMap<(StreamId, u32), StreamFile>,
    ) {
        let path = |file: &StreamFile| HourFile::Path(path_of(listing.path(), &file.name));
        self.add(folder, files.iter().map(|(id, file)| (*id, path(file))));
    }

    /// Adds the content of a file of a folder, if it is read somewhere else.
    pub(crate) fn add_content(&self, folder: Folder, id: (StreamId, u32), content: &OpenFile) {
        let file = HourFile::Content(content.clone());
        self.add(folder, iter::once((id, file)));
    }

    fn add(&self, folder: Folder, files: impl Iterator<Item = ((StreamId, u32), HourFile)>) {
        let Some(zone) = self.zone.as_ref().filter(|_| !self.has_offsets) else {
            return;
        };
        let Some(civil) = RepeatedHours::of_folder(folder, zone) else {
            return;
        };
        for ((stream, part), file) in files.filter(|((stream, _), _)| self.own.contains(stream)) {
            let hour = (civil.clone(), zone);
            self.repeated.add_file(folder, stream, (part, file), hour);
        }
    }

    /// Returns the time that a timestamp shows, if clocks show it twice and it does not say when.
    pub(super) fn ambiguous(&self, stamp: &str, folder: Folder) -> Option<NaiveDateTime> {
        let instant = self.described.as_ref()?.read(stamp, folder)?;
        let zone = self.zone.as_ref()?;
        let civil = zone.civil(instant);
        let (first, last) = zone.instants(civil);
        (first != last).then_some(civil)
    }

    /// Returns the time that the timestamp of a line shows.
    pub(super) fn civil_of(
        &self,
        line: &str,
        stream: StreamId,
        folder: Folder,
    ) -> Option<NaiveDateTime> {
        let usual = self.usual(line, stream, folder);
        let stamp = bracketed_timestamp(usual.as_deref().unwrap_or(line))?;
        let of_instant = || Some(self.zone.as_ref()?.civil(self.read(stamp, folder)?));
        self.ambiguous(stamp, folder).or_else(of_instant)
    }
}

//! The records of one file that does not grow, copies included.

use std::{io, path::PathBuf, sync::Arc};

use chrono::{DateTime, Utc};
use chronologix_schema::layout::{FileHeader, Folder, Repeat};

use super::{
    describe,
    part::{PartTail, RecordEnds},
};
use crate::{
    error::TreeError,
    log_record::{LogRecord, RecordOrigin},
    streams::StreamNames,
    tree::{Clock, FileContent, LONGEST_PRINTED, LineDater, Listing, Root, TimestampReader, Tree},
};

/// An iterator over the records of one file. Made by
/// [`LogTree::file_records`](crate::LogTree::file_records).
///
/// Nothing is left out but empty lines and the lines that are no records: a header, and the mark in
/// front of lines that a failed sync repeats. Those lines are records here, as are copies in the
/// file of a mirror. At most 256 KiB and one record are in memory.
#[derive(Debug)]
pub struct FileRecords {
    part: PartTail,
    dater: LineDater,
    timestamps: Arc<TimestampReader>,
    ends: RecordEnds,
    bytes: u64,
    now: DateTime<Utc>,
    has_failed: bool,
}

impl FileRecords {
    pub(crate) fn new(
        root: &Root,
        clock: Clock,
        (folder, file): (&str, &str),
        content: FileContent,
    ) -> Result<Self, TreeError> {
        let base = root.path_in_messages().to_owned();
        if root.is_of_files() {
            return Err(TreeError::NotATree { path: base });
        }
        let now = clock();
        let mut tree = Tree::new(root.clone(), LONGEST_PRINTED, StreamNames::default());
        let unreadable = |path: PathBuf| move |source| TreeError::Unreadable { path, source };
        tree.refresh(now).map_err(unreadable(base.clone()))?;
        let path = base.join(folder).join(file);
        let wrong = |what: &str| unreadable(path.clone())(io::Error::other(what.to_owned()));
        let parsed = Folder::parse(folder);
        let parsed = parsed.ok_or_else(|| wrong("its folder has no name of an interval"))?;
        let named = Listing::of(base.clone(), vec![file.to_owned()]);
        let found = tree.files(&named).into_keys().next();
        let (stream, number) = found.ok_or_else(|| wrong("it has no name of a log file"))?;
        let described = describe(&tree);
        let timestamps = described.timestamps;
        let origin = RecordOrigin {
            stream: tree.streams().name(stream).to_owned(),
            mirrors: described.mirrors.get(&stream).cloned().unwrap_or_default(),
            id: stream,
            folder: Some(parsed),
            folder_name: parsed.name(),
            file: file.to_owned(),
            timestamps: Arc::clone(&timestamps),
        };
        timestamps.add_content(parsed, (stream, number), &content.0);
        let mut part = PartTail::new(number, path.clone(), Arc::new(origin), None);
        part.read_from(content.0).map_err(unreadable(path))?;
        Ok(Self {
            bytes: part.unread(),
            part,
            dater: LineDater::new(parsed, stream, &timestamps),
            ends: RecordEnds {
                is_own: timestamps.formats(stream).is_none(),
                are_continued: true,
                is_final: true,
            },
            timestamps,
            now,
            has_failed: false,
        })
    }

    /// Returns how many bytes are read: what was there at the beginning.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Moves behind the lines at the beginning that are no records.
    fn skip_marks(&mut self) -> io::Result<()> {
        while let Some(line) = self.part.first_line()? {
            let is_header = self.part.offset() == 0 && FileHeader::begins(line.as_bytes());
            let is_repeat = Repeat::of_line(&line).is_some();
            if is_header || is_repeat {
                self.part
                    .begin_at(self.part.offset() + line.len() as u64 + 1);
            }
            if !is_header {
                break;
            }
        }
        Ok(())
    }

    fn next_record(&mut self) -> io::Result<Option<LogRecord>> {
        if self.part.offset() == 0 {
            self.skip_marks()?;
        }
        let Self {
            part, dater, ends, ..
        } = self;
        let next = part.next(ends, dater, &self.timestamps, self.now)?;
        Ok(next.map(|next| part.take(&next)))
    }
}

impl Iterator for FileRecords {
    type Item = Result<LogRecord, TreeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_failed {
            return None;
        }
        let found = self.next_record();
        found.transpose().map(|found| {
            found.map_err(|source| {
                self.has_failed = true;
                let path = self.part.path.clone();
                TreeError::Unreadable { path, source }
            })
        })
    }
}

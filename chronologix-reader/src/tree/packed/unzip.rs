//! Unpacks zip archives.

use std::{
    fs::File,
    io::{self, Read, Seek as _},
    ops::Range,
    sync::Arc,
};

use zip::{
    read::ZipFile,
    result::{ZipError, ZipResult},
};

use super::{
    super::{
        decode::{CUT_OFF, damage},
        positional::{Identity, OpenFile},
    },
    Archive, by_name, partly_unpacked,
};

/// Unpacks the files of a zip archive. If its end is missing, the files before are unpacked.
pub(super) fn unzip(mut packed: File, identity: Identity) -> io::Result<(Archive, Option<String>)> {
    let mut unpacked = Unzipped {
        file: tempfile::tempfile()?,
        members: Vec::new(),
        trouble: None,
    };
    match zip::ZipArchive::new(packed.try_clone()?) {
        Ok(mut archive) => {
            for index in 0..archive.len() {
                unpacked.add(archive.by_index(index))?;
            }
        }
        Err(error) => {
            packed.rewind()?;
            while let Ok(Some(entry)) = zip::read::read_zipfile_from_stream(&mut packed) {
                let is_whole = unpacked.add(Ok(entry))?;
                if !is_whole {
                    break;
                }
            }
            if unpacked.members.is_empty() {
                return Err(io::Error::other(error));
            }
            unpacked.trouble = Some(partly_unpacked(CUT_OFF));
        }
    }
    let archive = Archive {
        whole: OpenFile::unpacked(Arc::new(unpacked.file), identity),
        identity,
        members: by_name(unpacked.members),
    };
    Ok((archive, unpacked.trouble))
}

/// What came out of a zip archive.
struct Unzipped {
    file: File,
    members: Vec<(String, Range<u64>)>,
    trouble: Option<String>,
}

impl Unzipped {
    /// Unpacks one file. Returns whether all of it could be unpacked.
    fn add<R: Read>(&mut self, entry: ZipResult<ZipFile<'_, R>>) -> io::Result<bool> {
        let start = self.file.stream_position()?;
        let problem = match entry {
            Ok(entry) if !entry.is_file() => None,
            Ok(mut entry) => {
                let copied = io::copy(&mut entry, &mut self.file);
                let name = entry.name().replace('\\', "/");
                self.members
                    .push((name, start..self.file.stream_position()?));
                copied.err().map(|error| partly_unpacked(&damage(&error)))
            }
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                Some("has encrypted files, which are not read".to_owned())
            }
            Err(ZipError::UnsupportedArchive(why)) => {
                Some(format!("has files that are not read here ({why})"))
            }
            Err(error) => Some(partly_unpacked(&damage(&error))),
        };
        let is_whole = problem.is_none();
        if let Some(problem) = problem {
            self.trouble.get_or_insert(problem);
        }
        Ok(is_whole)
    }
}

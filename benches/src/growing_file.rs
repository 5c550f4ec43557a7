//! Watches a log file grow.

use std::{
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
};

use crate::{Failure, check};

#[cfg(test)]
mod tests;

/// The first file below a folder that gets a line.
#[derive(Debug)]
pub(crate) struct GrowingFile {
    dir: PathBuf,
    file: Option<File>,
    seen: u64,
    bytes: Vec<u8>,
}

impl GrowingFile {
    pub(crate) fn below(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            file: None,
            seen: 0,
            bytes: Vec::new(),
        }
    }

    /// How many lines were completed since the last look.
    pub(crate) fn new_lines(&mut self) -> Result<usize, Failure> {
        if self.file.is_none() {
            self.file = first_with_lines(&self.dir)?;
        }
        let Some(file) = &mut self.file else {
            return Ok(0);
        };
        // The length is cheaper to ask for than the bytes.
        if file.metadata()?.len() <= self.seen {
            return Ok(0);
        }
        self.bytes.clear();
        self.seen += file.read_to_end(&mut self.bytes)? as u64;
        Ok(self.bytes.split(|byte| *byte == b'\n').count() - 1)
    }
}

fn first_with_lines(dir: &Path) -> Result<Option<File>, Failure> {
    for path in check::log_files(dir)? {
        if fs::metadata(&path)?.len() > 0 {
            return Ok(Some(File::open(path)?));
        }
    }
    Ok(None)
}

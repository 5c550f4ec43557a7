//! `.sums`: what stands in a sealed folder. Pure.
//!
//! ```text
//! sums 1 2025-05-04__14-00
//! file 5f3a… 131072 1200 0 app.log
//! block 09ab… 611
//! block 77c0… 589
//! file af13… 0 0 0 errors.log
//! other notes.txt
//! ```
//!
//! A folder to which late records were added is sealed again: a section is added below, with the
//! files that have grown and those that are new. The sections before stay as they are. So the hash
//! of an earlier seal is that of the beginning of the file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::Digest;

#[cfg(test)]
mod tests;

/// The name of the file of sums in an interval folder.
pub const SUMS_FILE: &str = ".sums";

/// The bytes of a file that have a hash of their own: 64 KiB.
pub const BLOCK_BYTES: u64 = 64 << 10;

const BEGIN: &str = "sums 1 ";

/// What stands in a sealed folder: the sections of its `.sums`, one over the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// The files with records, by the name of each before any compression.
    pub files: BTreeMap<String, FileSum>,
    /// The names of other files that were in the folder. Nothing is known of what is in them.
    pub others: BTreeSet<String>,
}

/// What a file held before any compression.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSum {
    /// The BLAKE3 hash of all.
    pub digest: Digest,
    /// The number of bytes.
    pub bytes: u64,
    /// The number of lines that begin a record: all but the header, and lines that begin with a
    /// tab.
    pub records: u64,
    /// The hashes of its blocks of [`BLOCK_BYTES`].
    pub blocks: Vec<BlockSum>,
}

/// A block of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockSum {
    /// The chaining value of the block in the tree of BLAKE3, of which [`FileSum::digest`] is the
    /// root.
    pub value: Digest,
    /// The newlines in it.
    pub lines: u32,
}

/// One section of a `.sums`: what a seal has added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SumsSection {
    /// The name of the folder.
    pub folder: String,
    /// The files that have grown or are new.
    pub files: Vec<SectionFile>,
    /// The names of other files that are new.
    pub others: Vec<String>,
}

/// A file in a [`SumsSection`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SectionFile {
    /// Its name.
    pub name: String,
    /// What it holds. Of its blocks only those from `from` on.
    pub sum: FileSum,
    /// How many blocks are as the section before has them.
    pub from: usize,
}

/// A section as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedSection {
    /// What is in it.
    pub section: SumsSection,
    /// Where in the text it ends.
    pub end: usize,
}

impl SumsSection {
    /// The text of the section.
    ///
    /// ```
    /// use chronologix_schema::layout::{BlockSum, FileSum, SectionFile, Sums, SumsSection};
    ///
    /// let section = SumsSection {
    ///     folder: "2025-05-04__14-00".to_owned(),
    ///     files: vec![SectionFile {
    ///         name: "app.log".to_owned(),
    ///         sum: FileSum {
    ///             bytes: 20,
    ///             records: 1,
    ///             blocks: vec![BlockSum::default()],
    ///             ..FileSum::default()
    ///         },
    ///         from: 0,
    ///     }],
    ///     others: vec!["notes.txt".to_owned()],
    /// };
    /// let read = SumsSection::parse_all(&section.to_text())?;
    /// assert_eq!(read[0].section, section);
    /// let sums = Sums::of(&read)?;
    /// assert_eq!(sums.files["app.log"].bytes, 20);
    /// # Ok::<(), String>(())
    /// ```
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{BEGIN}{}\n", self.folder);
        for SectionFile { name, sum, from } in &self.files {
            let FileSum {
                digest,
                bytes,
                records,
                blocks,
            } = sum;
            // Writing to a string does not fail.
            let _ = writeln!(text, "file {digest} {bytes} {records} {from} {name}");
            for BlockSum { value, lines } in blocks {
                let _ = writeln!(text, "block {value} {lines}");
            }
        }
        for name in &self.others {
            let _ = writeln!(text, "other {name}");
        }
        text
    }

    /// Reads the sections of a `.sums`. Reads nothing but what [`SumsSection::to_text`] writes.
    ///
    /// # Errors
    ///
    /// With the line that is wrong.
    pub fn parse_all(text: &str) -> Result<Vec<ParsedSection>, String> {
        match Self::parse_start(text) {
            (sections, None) => Ok(sections),
            (_, Some(line)) => Err(format!("line {line} is none of a file of sums")),
        }
    }

    /// Reads the sections of a `.sums` up to the first line that is wrong, and returns the number
    /// of that line. What stands behind the last seal may be half a section.
    #[must_use]
    pub fn parse_start(text: &str) -> (Vec<ParsedSection>, Option<usize>) {
        let mut sections: Vec<ParsedSection> = Vec::new();
        let mut end = 0;
        for (index, whole) in text.split_inclusive('\n').enumerate() {
            end += whole.len();
            let mut add = |line: &str| {
                if let Some(folder) = line.strip_prefix(BEGIN) {
                    let folder = folder.to_owned();
                    let section = Self {
                        folder,
                        ..Self::default()
                    };
                    sections.push(ParsedSection { section, end });
                    return Some(());
                }
                let last = sections.last_mut()?;
                last.section.add_line(line)?;
                last.end = end;
                Some(())
            };
            if whole.strip_suffix('\n').and_then(&mut add).is_none() {
                return (sections, Some(index + 1));
            }
        }
        (sections, None)
    }

    fn add_line(&mut self, line: &str) -> Option<()> {
        let (kind, rest) = line.split_once(' ')?;
        match kind {
            "file" => {
                let mut words = rest.splitn(5, ' ');
                let sum = FileSum {
                    digest: words.next()?.parse().ok()?,
                    bytes: number(words.next()?)?,
                    records: number(words.next()?)?,
                    blocks: Vec::new(),
                };
                let from = usize::try_from(number(words.next()?)?).ok()?;
                let name = words.next().filter(|name| !name.is_empty())?.to_owned();
                self.files.push(SectionFile { name, sum, from });
            }
            "block" => {
                let (value, lines) = rest.split_once(' ')?;
                let block = BlockSum {
                    value: value.parse().ok()?,
                    lines: u32::try_from(number(lines)?).ok()?,
                };
                self.files.last_mut()?.sum.blocks.push(block);
            }
            "other" => self.others.push(rest.to_owned()),
            _ => return None,
        }
        Some(())
    }
}

/// Returns a number, if it stands there as it would be written.
fn number(text: &str) -> Option<u64> {
    let number = text.parse::<u64>().ok()?;
    (number.to_string() == text).then_some(number)
}

impl Sums {
    /// Lays sections one over the other.
    ///
    /// # Errors
    ///
    /// With what does not fit: files do not shrink, and each block is there once.
    pub fn of(sections: &[ParsedSection]) -> Result<Self, String> {
        let mut sums = Self::default();
        for ParsedSection { section, .. } in sections {
            for file in &section.files {
                let name = &file.name;
                let misfit = || format!("the sums of {name} contradict each other");
                let known = sums.files.remove(name).unwrap_or_default();
                let mut sum = file.sum.clone();
                let mut blocks = known.blocks;
                if sum.bytes < known.bytes || file.from > blocks.len() {
                    return Err(misfit());
                }
                blocks.truncate(file.from);
                blocks.append(&mut sum.blocks);
                if blocks.len() as u64 != sum.bytes.div_ceil(BLOCK_BYTES) {
                    return Err(misfit());
                }
                sum.blocks = blocks;
                sums.files.insert(name.clone(), sum);
            }
            sums.others.extend(section.others.iter().cloned());
        }
        Ok(sums)
    }
}

impl FileSum {
    /// Returns the lines that a range of blocks has to do with, counted from one.
    #[must_use]
    pub fn lines_of_blocks(&self, first: usize, last: usize) -> (u64, u64) {
        let newlines = |blocks: &[BlockSum]| blocks.iter().map(|it| u64::from(it.lines)).sum();
        let before: u64 = newlines(self.blocks.get(..first).unwrap_or_default());
        let within: u64 = newlines(self.blocks.get(first..=last).unwrap_or_default());
        // The last line ends in a later block, unless a newline is all that is left of it.
        let is_last = last + 1 >= self.blocks.len();
        let end = before + within + u64::from(!is_last);
        (before + 1, end.max(before + 1))
    }
}

//! What a verification has found.

use std::fmt;

use chronologix_schema::layout::SealHead;

/// What was done to a sealed tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FindingKind {
    /// Something is not as it was.
    Changed,
    /// The end of a file is missing.
    Truncated,
    /// Something is there that was not.
    Added,
    /// Something is missing.
    Removed,
    /// Something has another name.
    Renamed,
    /// A seal is not signed with the key.
    Unsigned,
    /// Something cannot be read.
    Unreadable,
}

impl FindingKind {
    /// Returns the word for it.
    ///
    /// ```
    /// use chronologix_reader::FindingKind;
    ///
    /// assert_eq!(FindingKind::Truncated.as_str(), "truncated");
    /// ```
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Truncated => "truncated",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Renamed => "renamed",
            Self::Unsigned => "unsigned",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Something that is not as it was sealed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Finding {
    /// The interval folder. `None`: it is about the chain of seals.
    pub folder: Option<String>,
    /// The file, by its name before any compression.
    pub file: Option<String>,
    /// The first and the last line that it is about, counted from 1.
    pub lines: Option<(u64, u64)>,
    /// What was done.
    pub kind: FindingKind,
    /// The same in words.
    pub text: String,
}

/// A folder of which something is not sealed yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct UnsealedFolder {
    /// Its name.
    pub folder: String,
    /// Why.
    pub why: String,
}

/// The outcome of a verification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verification {
    /// What is not as it was sealed, by folder and file.
    pub findings: Vec<Finding>,
    /// Folders that are not sealed yet, or that have grown since.
    pub unsealed: Vec<UnsealedFolder>,
    /// Folders that were sealed in addition, with the number of their seals: late records, and
    /// those of later starts.
    pub resealed: Vec<(String, usize)>,
    /// The last link of the chain, to be kept elsewhere.
    pub head: Option<SealHead>,
    /// The seals that are signed, and were verified with the key if there is one.
    pub signed: u64,
    /// All links of the chain.
    pub links: u64,
    /// The folders that were compared with their sums.
    pub folders: u64,
    /// The files in them.
    pub files: u64,
    /// The bytes in those, before any compression.
    pub bytes: u64,
}

impl Verification {
    /// Returns whether everything that is sealed is as it was.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.findings.is_empty()
    }

    pub(super) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    pub(super) fn unseal(&mut self, folder: &str, why: &str) {
        self.unsealed.push(UnsealedFolder {
            folder: folder.to_owned(),
            why: why.to_owned(),
        });
    }

    pub(super) fn sort(&mut self) {
        self.findings.sort();
        self.findings.dedup();
        self.unsealed.sort();
        self.unsealed.dedup();
    }
}

impl Finding {
    pub(super) fn of_chain(kind: FindingKind, text: impl Into<String>) -> Self {
        Self {
            folder: None,
            file: None,
            lines: None,
            kind,
            text: text.into(),
        }
    }

    pub(super) fn of_folder(kind: FindingKind, folder: &str, text: impl Into<String>) -> Self {
        Self {
            folder: Some(folder.to_owned()),
            ..Self::of_chain(kind, text)
        }
    }

    pub(super) fn of_file(
        kind: FindingKind,
        (folder, file): (&str, &str),
        lines: Option<(u64, u64)>,
        text: impl Into<String>,
    ) -> Self {
        Self {
            file: Some(file.to_owned()),
            lines,
            ..Self::of_folder(kind, folder, text)
        }
    }
}

/// Writes what it is about, and what was done.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.folder, &self.file) {
            (Some(folder), Some(file)) => write!(f, "{folder}/{file}")?,
            (Some(folder), None) => f.write_str(folder)?,
            (None, _) => f.write_str("the chain of seals")?,
        }
        match self.lines {
            Some((first, last)) if first == last => write!(f, ", line {first}: ")?,
            Some((first, last)) => write!(f, ", lines {first} to {last}: ")?,
            None => f.write_str(" ")?,
        }
        f.write_str(&self.text)
    }
}

//! `.chronologix.seals`: the chain of the seals of a tree, a line each. Pure.
//!
//! ```text
//! 1 seal 2025-05-04__14-00 2025-05-04T15:01:00Z 9c02… 0000…
//! 2 seal 2025-05-04__15-00 2025-05-04T16:01:00Z 41d7… e8b0…
//! 3 remove 2025-05-04__14-00 2025-06-04T00:00:07Z 9c02… 20fe… 7d1e…
//! ```
//!
//! A line has its number, what was done with which folder, when, the hash of the folder's `.sums`,
//! the hash of the line before, and the signature, if seals are signed. The signature is that of
//! the text before it. The hash is that of the whole line, without its newline.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};

use super::{
    Digest, Folder,
    digest::{from_hex, to_hex},
};

#[cfg(test)]
mod tests;

/// The name of the file of seals in the base directory.
pub const SEALS_FILE: &str = ".chronologix.seals";

/// What a [`SealLink`] says of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealAction {
    /// It was sealed, for the first time or again.
    Seal,
    /// Retention removed it.
    Remove,
}

/// One link of the chain of seals.
///
/// ```
/// use chronologix_schema::layout::{Digest, Folder, SealAction, SealLink};
///
/// let link = SealLink {
///     number: 1,
///     action: SealAction::Seal,
///     folder: Folder::parse("2025-05-04__14-00").expect("a folder"),
///     time: "2025-05-04T15:01:00Z".parse().expect("a time"),
///     sums: Digest([1; 32]),
///     previous: Digest::default(),
///     signature: None,
/// };
/// assert_eq!(SealLink::parse(&link.to_string()), Some(link));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealLink {
    /// Its place in the chain, from 1.
    pub number: u64,
    /// What was done.
    pub action: SealAction,
    /// The folder.
    pub folder: Folder,
    /// When, to the second.
    pub time: DateTime<Utc>,
    /// The hash of the folder's `.sums`. Of a removed folder, as it was.
    pub sums: Digest,
    /// The hash of the link before; zeros in front of the first.
    pub previous: Digest,
    /// The Ed25519 signature.
    pub signature: Option<[u8; 64]>,
}

impl SealLink {
    /// The text that the signature is about.
    #[must_use]
    pub fn statement(&self) -> String {
        let Self {
            number,
            folder,
            sums,
            previous,
            ..
        } = self;
        let action = match self.action {
            SealAction::Seal => "seal",
            SealAction::Remove => "remove",
        };
        let time = self.time.to_rfc3339_opts(SecondsFormat::Secs, true);
        format!("{number} {action} {folder} {time} {sums} {previous}")
    }

    /// Reads a line, without its newline. `None` if it is not one that this type writes.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let found = Self {
            number: words.next()?.parse().ok()?,
            action: match words.next()? {
                "seal" => SealAction::Seal,
                "remove" => SealAction::Remove,
                _ => return None,
            },
            folder: Folder::parse(words.next()?)?,
            time: words.next()?.parse().ok()?,
            sums: words.next()?.parse().ok()?,
            previous: words.next()?.parse().ok()?,
            signature: match words.next() {
                Some(digits) => Some(from_hex(digits)?),
                None => None,
            },
        };
        // The words above are read generously; this is the rule.
        (found.to_string() == line).then_some(found)
    }
}

/// Writes the line, without its newline.
impl fmt::Display for SealLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.statement())?;
        match &self.signature {
            Some(signature) => write!(f, " {}", to_hex(signature)),
            None => Ok(()),
        }
    }
}

//! The part of a `.sums` that is in the chain of seals. Pure.

use super::{Digest, ParsedSection, Sums, SumsSection, digest_of};

#[cfg(test)]
mod tests;

/// The sums of a folder as a seal has them: the beginning of its `.sums`. What stands behind it is
/// what a run that was killed had not yet sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SealedSums {
    /// What stands in the folder.
    pub sums: Sums,
    /// How often the folder was sealed.
    pub seals: usize,
    /// Where in the text they end, in bytes.
    pub end: usize,
}

impl SealedSums {
    /// Finds the beginning of a `.sums` that has a hash. Returns `None` if there is none, or if its
    /// sections contradict each other.
    ///
    /// ```
    /// use chronologix_schema::layout::{SealedSums, SumsSection, digest_of};
    ///
    /// let section = SumsSection {
    ///     folder: "2025-05-04__14-00".to_owned(),
    ///     others: vec!["notes.txt".to_owned()],
    ///     ..SumsSection::default()
    /// };
    /// let sealed = section.to_text();
    /// let text = format!("{sealed}sums 1 2025");
    /// let found = SealedSums::find(text.as_bytes(), digest_of(sealed.as_bytes()))
    ///     .expect("these are its first bytes");
    /// assert_eq!((found.seals, found.end), (1, sealed.len()));
    /// assert!(found.sums.others.contains("notes.txt"));
    /// ```
    #[must_use]
    pub fn find(text: &[u8], digest: Digest) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let (mut sections, _) = SumsSection::parse_start(text);
        let is_it = |section: &ParsedSection| section.seal_digest(text) == digest;
        let seals = sections.iter().position(is_it)? + 1;
        sections.truncate(seals);
        Some(Self {
            sums: Sums::of(&sections).ok()?,
            seals,
            end: sections.last()?.end,
        })
    }
}

impl ParsedSection {
    /// Returns the hash that the link of this seal has: that of `text`, from which the section was
    /// read, up to the end of the section.
    ///
    /// ```
    /// use chronologix_schema::layout::{SumsSection, digest_of};
    ///
    /// let text = "sums 1 2025-05-04__14-00\nother notes.txt\n";
    /// let sections = SumsSection::parse_all(text)?;
    /// assert_eq!(sections[0].seal_digest(text), digest_of(text.as_bytes()));
    /// # Ok::<(), String>(())
    /// ```
    #[must_use]
    pub fn seal_digest(&self, text: &str) -> Digest {
        let text = text.as_bytes();
        digest_of(text.get(..self.end).unwrap_or(text))
    }
}

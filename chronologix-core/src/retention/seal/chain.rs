//! The chain of seals as it stands in `.chronologix.seals`. Pure.

use std::collections::HashMap;

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use ed25519_dalek::{Signer as _, SigningKey};

use chronologix_schema::layout::{Digest, Folder, SealAction, SealHead, SealLink};

#[cfg(test)]
mod tests;

/// The chain of seals, as far as the next link needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SealChain {
    head: Option<SealHead>,
    /// The hashes of the sums of the folders that are sealed.
    sealed: HashMap<Folder, Digest>,
    /// The bytes of the whole links. Behind them there may be half a link, of an append that a
    /// crash has cut short.
    pub(crate) whole: usize,
}

impl SealChain {
    /// Reads the chain. `head` is what the description of the tree says of it.
    ///
    /// Fails with what is wrong: nothing is to be chained to links that were changed.
    pub(crate) fn parse(text: &[u8], head: Option<SealHead>) -> Result<Self, String> {
        let mut chain = Self::default();
        let mut is_head_there = head.is_none();
        while let Some(length) = text[chain.whole..].iter().position(|byte| *byte == b'\n') {
            let bytes = &text[chain.whole..][..length];
            let link = std::str::from_utf8(bytes).ok().and_then(SealLink::parse);
            let link = link.filter(|link| chain.is_next(link)).ok_or_else(|| {
                let number = chain.next_number();
                format!("link {number} of the chain of seals was changed")
            })?;
            chain.add(&link);
            chain.whole += length + 1;
            is_head_there |= chain.head == head;
        }
        let number = head.map_or(0, |head| head.number);
        if !is_head_there {
            return Err(format!("it lacks link {number}, which was its last one"));
        }
        Ok(chain)
    }

    fn is_next(&self, link: &SealLink) -> bool {
        link.number == self.next_number() && link.previous == self.last_digest()
    }

    fn next_number(&self) -> u64 {
        self.head.map_or(1, |head| head.number + 1)
    }

    fn last_digest(&self) -> Digest {
        self.head.map_or(Digest::default(), |head| head.digest)
    }

    /// Returns the last link.
    pub(crate) fn head(&self) -> Option<SealHead> {
        self.head
    }

    /// Returns the hash of a folder's sums, if it is sealed.
    pub(crate) fn sums_of(&self, folder: Folder) -> Option<Digest> {
        self.sealed.get(&folder).copied()
    }

    /// Returns the next link.
    pub(crate) fn link(
        &self,
        action: SealAction,
        folder: Folder,
        sums: Digest,
        now: DateTime<Utc>,
        key: Option<&SigningKey>,
    ) -> SealLink {
        let mut link = SealLink {
            number: self.next_number(),
            action,
            folder,
            time: now.duration_trunc(TimeDelta::seconds(1)).unwrap_or(now),
            sums,
            previous: self.last_digest(),
            signature: None,
        };
        link.signature = key.map(|key| key.sign(link.statement().as_bytes()).to_bytes());
        link
    }

    /// Adds a link that is on disk.
    pub(crate) fn add(&mut self, link: &SealLink) {
        debug_assert!(self.is_next(link), "links are added in their order");
        self.head = Some(SealHead {
            number: link.number,
            digest: link.digest(),
        });
        match link.action {
            SealAction::Seal => self.sealed.insert(link.folder, link.sums),
            SealAction::Remove => self.sealed.remove(&link.folder),
        };
    }
}

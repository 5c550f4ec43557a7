//! The chain of seals, link by link. Pure.

use std::collections::BTreeMap;

use chronologix_schema::layout::{Digest, Folder, SealAction, SealHead, SealLink};
use ed25519_dalek::{Signature, VerifyingKey};

use super::{Finding, FindingKind, Verification, VerifyOptions};

/// What the chain says of each folder.
#[derive(Debug, Default)]
pub(super) struct Chain {
    /// What was done last with each folder, and the hash of its sums.
    pub(super) folders: BTreeMap<Folder, (SealAction, Digest)>,
}

/// A chain that is being read.
struct ChainReader<'a> {
    options: &'a VerifyOptions,
    found: &'a mut Verification,
    chain: Chain,
    /// The hashes of the links, by their numbers.
    digests: BTreeMap<u64, Digest>,
    /// The number that the next link has to have.
    next: u64,
    /// The hash that the next link has to go with. `None` behind a line that is no link.
    previous: Option<Digest>,
}

impl Chain {
    /// Reads the chain, and adds what is wrong with it to `found`.
    pub(super) fn read(
        text: &[u8],
        head: Option<SealHead>,
        options: &VerifyOptions,
        found: &mut Verification,
    ) -> Self {
        let mut reader = ChainReader {
            options,
            found,
            chain: Self::default(),
            digests: BTreeMap::new(),
            next: 1,
            previous: Some(Digest::default()),
        };
        for (index, whole) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
            // Without a newline, it is an append that a crash has cut short. The next start
            // repairs it.
            if let Some(bytes) = whole.strip_suffix(b"\n") {
                reader.add(index + 1, bytes);
            }
        }
        reader.check_heads(head);
        reader.chain
    }
}

impl ChainReader<'_> {
    fn changed(&mut self, kind: FindingKind, why: impl Into<String>) {
        self.found.add(Finding::of_chain(kind, why));
    }

    fn add(&mut self, number: usize, bytes: &[u8]) {
        let Some(link) = std::str::from_utf8(bytes).ok().and_then(SealLink::parse) else {
            let why = format!("has no link in line {number}: it was changed");
            self.changed(FindingKind::Changed, why);
            self.next = self.next.saturating_add(1);
            self.previous = None;
            return;
        };
        self.check_place(&link);
        self.check_signature(&link);
        let (number, digest) = (link.number, link.digest());
        self.digests.insert(number, digest);
        self.chain
            .folders
            .insert(link.folder, (link.action, link.sums));
        self.next = number.saturating_add(1);
        self.previous = Some(digest);
        self.found.links += 1;
        self.found.head = Some(SealHead { number, digest });
    }

    /// Checks that a link follows the one before.
    fn check_place(&mut self, link: &SealLink) {
        let (number, next) = (link.number, self.next);
        if next < number {
            let last = number - 1;
            self.changed(
                FindingKind::Removed,
                if next == last {
                    format!("lacks link {next}")
                } else {
                    format!("lacks links {next} to {last}")
                },
            );
        } else if next > number {
            let why = format!("has link {number} where link {next} belongs");
            self.changed(FindingKind::Changed, why);
        } else if self.previous.is_some_and(|it| it != link.previous) {
            let before = number.saturating_sub(1);
            let why = format!("was changed at link {before} or {number}: they do not go together");
            self.changed(FindingKind::Changed, why);
        }
    }

    fn check_signature(&mut self, link: &SealLink) {
        let is_good = match (&link.signature, &self.options.key) {
            (Some(signature), Some(key)) => is_signed(link, signature, key),
            (Some(_), None) => true,
            (None, None) => return,
            (None, Some(_)) => false,
        };
        if is_good {
            self.found.signed += 1;
        } else {
            let (number, folder) = (link.number, link.folder);
            let why = format!("has link {number}, of {folder}, without a signature by this key");
            self.changed(FindingKind::Unsigned, why);
        }
    }

    /// Checks that the chain has the links that are known from elsewhere.
    fn check_heads(&mut self, head: Option<SealHead>) {
        if let Some((number, digest)) = self.options.head {
            self.check_head(number, digest, "that was kept");
        }
        let Some(SealHead { number, digest }) = head else {
            return self.changed(FindingKind::Removed, "has no head in .chronologix.json");
        };
        self.check_head(number, digest, "in .chronologix.json");
        // A crash leaves one link at most that the description does not name.
        let newest = self.found.head.map_or(number, |newest| newest.number);
        if newest > number.saturating_add(1) {
            let why = format!("goes on behind link {number}, the one in .chronologix.json");
            self.changed(FindingKind::Changed, why);
        }
    }

    fn check_head(&mut self, number: u64, digest: Digest, of: &str) {
        match self.digests.get(&number) {
            Some(known) if *known == digest => {}
            Some(_) => {
                let why = format!("was changed at link {number} or before: it is not the one {of}");
                self.changed(FindingKind::Changed, why);
            }
            None => {
                let why = format!("lacks link {number}, the one {of}");
                self.changed(FindingKind::Removed, why);
            }
        }
    }
}

fn is_signed(link: &SealLink, signature: &[u8; 64], key: &VerifyingKey) -> bool {
    let signature = Signature::from_bytes(signature);
    key.verify_strict(link.statement().as_bytes(), &signature)
        .is_ok()
}

//! Whether a sealed tree is as it was: the chain of seals, the sums of each folder, and what its
//! files hold.
//!
//! [`chain`] reads the chain, [`folder`] compares a folder with its sums, and [`content`] the bytes
//! of the files, on all cores.

mod chain;
mod content;
mod finding;
mod folder;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_schema::layout::{
    Digest, Folder, Interval, MANIFEST_FILE, Manifest, SEALS_FILE, SealAction, TimeZone,
    parse_public_key,
};
use ed25519_dalek::VerifyingKey;

pub use self::finding::{Finding, FindingKind, UnsealedFolder, Verification};
use self::{
    chain::Chain,
    content::ContentChecker,
    folder::{FolderCheck, SealedFolder},
};
use crate::{
    error::TreeError,
    tree::sealed::{self, EntryKind},
};

/// How long after its end a folder may still be waiting for its seal.
const SEAL_PENDING: TimeDelta = TimeDelta::minutes(2);

/// What a tree is verified with.
///
/// ```
/// use chronologix_reader::VerifyOptions;
///
/// let options = VerifyOptions::new().public_key_pem(
///     "-----BEGIN PUBLIC KEY-----\n\
///      MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
///      -----END PUBLIC KEY-----\n",
/// )?;
/// // A head of the chain that was written down elsewhere.
/// let options = options.head(
///     "12:9a0364b9e99bb480dd25e1f0284c8555e3d4a1b1f1d6d0e8a9c0e0a1b2c3d4e5",
/// )?;
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct VerifyOptions {
    key: Option<VerifyingKey>,
    head: Option<(u64, Digest)>,
}

impl VerifyOptions {
    /// Verifies without a key: signatures are not looked at.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Demands that each seal is signed with the private key that belongs to this public key, as
    /// `openssl pkey -pubout` writes it.
    ///
    /// # Errors
    ///
    /// With what is wrong with the text.
    pub fn public_key_pem(mut self, text: &str) -> Result<Self, String> {
        let key = VerifyingKey::from_bytes(&parse_public_key(text)?);
        self.key = Some(key.map_err(|error| format!("it is no public Ed25519 key: {error}"))?);
        Ok(self)
    }

    /// Demands that the chain has this link, as number and hash with a colon between: what an
    /// earlier verification has shown as the head.
    ///
    /// # Errors
    ///
    /// With what is wrong with the text.
    pub fn head(mut self, text: &str) -> Result<Self, String> {
        let head = text.split_once(':').and_then(|(number, digest)| {
            let number = number.parse().ok().filter(|number| *number > 0)?;
            Some((number, digest.parse().ok()?))
        });
        let why = || {
            format!(
                "{text:?} is no head of a chain; a head is a number, a colon and a hash of 64 \
                 digits"
            )
        };
        self.head = Some(head.ok_or_else(why)?);
        Ok(self)
    }
}

/// A tree that is being verified.
struct Verifier<'a> {
    base: &'a Path,
    now: DateTime<Utc>,
    interval: Interval,
    zone: Option<TimeZone>,
    found: Verification,
}

/// Verifies the tree at `base`.
pub(crate) fn verify(
    base: &Path,
    options: &VerifyOptions,
    now: DateTime<Utc>,
) -> Result<Verification, TreeError> {
    let unreadable = |path: PathBuf| move |source| TreeError::Unreadable { path, source };
    let entries = sealed::list(base).map_err(unreadable(base.to_owned()))?;
    let read = |name: &str| {
        let path = base.join(name);
        sealed::read_whole(&path).map_err(unreadable(path))
    };
    let manifest = read(MANIFEST_FILE)?.and_then(|text| String::from_utf8(text).ok());
    let manifest = manifest.and_then(|text| Manifest::from_json(&text).ok());
    let text = read(SEALS_FILE)?;
    let head = manifest.as_ref().and_then(|manifest| manifest.seals);
    if text.is_none() && head.is_none() {
        return Err(TreeError::NotSealed {
            path: base.to_owned(),
        });
    }
    let mut found = Verification::default();
    let chain = Chain::read(&text.unwrap_or_default(), head, options, &mut found);
    let described = manifest.as_ref();
    let mut verifier = Verifier {
        base,
        now,
        interval: described
            .and_then(|manifest| manifest.interval.parse().ok())
            .unwrap_or_default(),
        zone: described.and_then(|manifest| TimeZone::described(&manifest.timezone).ok()),
        found,
    };
    verifier.check_folders(&chain, &entries);
    let mut found = verifier.found;
    found.sort();
    Ok(found)
}

impl Verifier<'_> {
    fn check_folders(&mut self, chain: &Chain, entries: &BTreeMap<String, EntryKind>) {
        let mut places: BTreeMap<Folder, Vec<String>> = BTreeMap::new();
        for (name, kind) in entries {
            let folder = match kind {
                EntryKind::Folder => Folder::parse(name),
                EntryKind::File => sealed::packed_folder(name).and_then(Folder::parse),
                EntryKind::Other => None,
            };
            if let Some(folder) = folder {
                places.entry(folder).or_default().push(name.clone());
            }
        }
        let sealed = chain.folders.iter();
        let sealed = sealed.filter(|(_, (action, _))| *action == SealAction::Seal);
        let (mut missing, mut at_home) = (Vec::new(), BTreeSet::new());
        let mut checker = ContentChecker::default();
        let mut checks = Vec::new();
        for (folder, (_, digest)) in sealed {
            let folder = SealedFolder {
                base: self.base,
                folder: *folder,
                digest: *digest,
                places: places.get(folder).map_or(&[][..], Vec::as_slice),
                is_open: self.is_open(*folder),
            };
            let Some(sums) = folder.sums() else {
                missing.push(folder);
                continue;
            };
            at_home.extend(folder.places);
            // Listed while what was unpacked for its sums is cached.
            let check = FolderCheck::begin(&folder, sums, &mut checker, &mut self.found);
            checks.extend(check);
        }
        let moved = self.moved_folders(&missing, &at_home, entries);
        for folder in &missing {
            folder.missing(moved.get(&folder.folder), &mut self.found);
        }
        let outcomes = checker.run();
        for check in checks {
            check.finish(&outcomes, &mut self.found);
        }
        self.check_others(chain, &places, &moved);
    }

    /// Finds folders that have the sums of a missing one: they are that folder, whatever their name
    /// is. What is `at_home` has the sums that belong to its name.
    fn moved_folders(
        &self,
        missing: &[SealedFolder<'_>],
        at_home: &BTreeSet<&String>,
        entries: &BTreeMap<String, EntryKind>,
    ) -> BTreeMap<Folder, String> {
        let missing = missing.iter().map(|it| (it.digest, it.folder));
        let missing: BTreeMap<Digest, Folder> = missing.collect();
        let mut moved = BTreeMap::new();
        let is_place = |name: &str, kind: &EntryKind| match kind {
            EntryKind::Folder => true,
            EntryKind::File => sealed::packed_folder(name).is_some(),
            EntryKind::Other => false,
        };
        let places = entries.iter().filter(|(name, kind)| is_place(name, kind));
        for (name, _) in places.filter(|(name, _)| !missing.is_empty() && !at_home.contains(name)) {
            let digests = folder::sums_digests(&self.base.join(name));
            let of = digests.iter().find_map(|digest| missing.get(digest));
            moved.extend(of.map(|folder| (*folder, name.clone())));
        }
        moved
    }

    /// Returns whether records may still come to a folder.
    fn is_open(&self, folder: Folder) -> bool {
        let close = |zone| self.interval.close_of_any(folder, zone);
        self.zone
            .as_ref()
            .is_some_and(|zone| self.now < close(zone) + SEAL_PENDING)
    }

    /// Names the folders that are in no seal.
    fn check_others(
        &mut self,
        chain: &Chain,
        places: &BTreeMap<Folder, Vec<String>>,
        moved: &BTreeMap<Folder, String>,
    ) {
        let first = chain.folders.keys().next().copied();
        let sealed = chain.folders.iter();
        let sealed = sealed.filter(|(_, (action, _))| *action == SealAction::Seal);
        let last = sealed.map(|(folder, _)| *folder).next_back();
        for (folder, names) in places {
            let state = chain.folders.get(folder).map(|(action, _)| *action);
            if state == Some(SealAction::Seal)
                || names.iter().any(|it| moved.values().any(|to| to == it))
            {
                continue;
            }
            let name = folder.name();
            let is_within = first.is_some_and(|first| first < *folder)
                && last.is_some_and(|last| *folder < last);
            if state == Some(SealAction::Remove) {
                self.found.unseal(
                    &name,
                    "retention has removed it, and something is left of it",
                );
            } else if self.is_open(*folder) {
                self.found.unseal(&name, "it is in use");
            } else if is_within {
                let text = "is in no seal, though folders before and after it are: it was added, \
                            or it could not be sealed";
                self.found
                    .add(Finding::of_folder(FindingKind::Added, &name, text));
            } else {
                self.found.unseal(&name, "it is not sealed yet");
            }
        }
    }
}

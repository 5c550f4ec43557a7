//! A sealed tree on disk, as a logger leaves it.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use chronologix_schema::layout::{
    ContentHasher, Digest, FileSum, Folder, MANIFEST_FILE, Manifest, SEALS_FILE, SUMS_FILE,
    SealAction, SealHead, SealLink, SectionFile, SumsSection, digest_of,
};
use ed25519_dalek::{Signer as _, SigningKey};

use crate::{LogTree, Verification, VerifyOptions};

pub(super) const FIRST: &str = "2025-05-04__10-00";
pub(super) const SECOND: &str = "2025-05-04__11-00";
pub(super) const LAST: &str = "2025-05-04__12-00";

/// It is half past two.
pub(super) const CURRENT: &str = "2025-05-04__14-00";

fn now() -> DateTime<Utc> {
    "2025-05-04T14:30:00Z".parse().unwrap()
}

/// So many lines of about 40 bytes.
pub(super) fn lines(count: usize) -> String {
    let line = |number| format!("[10:00:00] line {number} of some text\n");
    (0..count).map(line).collect()
}

pub(super) struct SealedTree {
    dir: tempfile::TempDir,
    key: Option<SigningKey>,
    head: Option<SealHead>,
}

impl SealedTree {
    /// Three sealed folders, and one in use.
    pub(super) fn new() -> Self {
        Self::with_key(None)
    }

    pub(super) fn signed() -> Self {
        Self::with_key(Some(SigningKey::from_bytes(&[7; 32])))
    }

    fn with_key(key: Option<SigningKey>) -> Self {
        Self::with_lines(key, [4_000, 10_000])
    }

    /// The same with shorter files, of which one has two blocks.
    pub(super) fn small() -> Self {
        Self::with_lines(None, [2_400, 100])
    }

    fn with_lines(key: Option<SigningKey>, counts: [usize; 2]) -> Self {
        let mut tree = Self {
            dir: tempfile::tempdir().unwrap(),
            key,
            head: None,
        };
        tree.write(FIRST, "notes.txt", "notes");
        let texts = counts.map(lines);
        tree.seal(
            FIRST,
            &[("app.log", &texts[0]), ("errors.log", "one\ntwo\n")],
        );
        tree.seal(SECOND, &[("app.log", "one\n"), ("errors.log", "")]);
        tree.seal(LAST, &[("app.log", &texts[1])]);
        tree.write(CURRENT, "app.log", "one\n");
        tree
    }

    /// The same files, sealed from the beginning.
    pub(super) fn remade(other: &Self) -> Self {
        let mut tree = Self::new();
        tree.head = None;
        fs::remove_file(tree.path(SEALS_FILE)).unwrap();
        for folder in [FIRST, SECOND, LAST] {
            fs::remove_file(tree.path(&format!("{folder}/{SUMS_FILE}"))).unwrap();
            let text = other.read(&format!("{folder}/app.log"));
            tree.remove(folder, "app.log");
            tree.seal(folder, &[("app.log", &text)]);
        }
        tree
    }

    pub(super) fn path(&self, below: &str) -> PathBuf {
        self.dir.path().join(below)
    }

    pub(super) fn read(&self, below: &str) -> String {
        fs::read_to_string(self.path(below)).unwrap()
    }

    pub(super) fn write(&self, folder: &str, name: &str, text: &str) {
        fs::create_dir_all(self.path(folder)).unwrap();
        fs::write(self.path(folder).join(name), text).unwrap();
    }

    pub(super) fn append(&self, folder: &str, name: &str, text: &str) {
        let path = self.path(folder).join(name);
        let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    pub(super) fn remove(&self, folder: &str, name: &str) {
        fs::remove_file(self.path(folder).join(name)).unwrap();
    }

    pub(super) fn remove_folder(&self, folder: &str) {
        fs::remove_dir_all(self.path(folder)).unwrap();
    }

    pub(super) fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    pub(super) fn swap(&self, one: &str, other: &str) {
        self.rename(one, "between");
        self.rename(other, one);
        self.rename("between", other);
    }

    pub(super) fn change_key(&mut self) {
        self.key = Some(SigningKey::from_bytes(&[8; 32]));
    }

    /// Writes the files of a folder, and seals it.
    pub(super) fn seal(&mut self, folder: &str, files: &[(&str, &str)]) {
        let sealed = files.iter().map(|(name, text)| {
            self.write(folder, name, text);
            let (name, from) = ((*name).to_owned(), 0);
            SectionFile {
                name,
                sum: sum_of(text),
                from,
            }
        });
        let files = sealed.collect();
        let others = fs::read_dir(self.path(folder)).unwrap();
        let others = others.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let section = SumsSection {
            folder: folder.to_owned(),
            files,
            others: others.filter(|name| name == "notes.txt").collect(),
        };
        self.add(folder, &section);
    }

    /// Seals a file again that has grown.
    pub(super) fn seal_again(&mut self, folder: &str, name: &str, text: &str) {
        let old = sum_of(&self.read(&format!("{folder}/{name}")));
        self.write(folder, name, text);
        let mut sum = sum_of(text);
        let pairs = old.blocks.iter().zip(&sum.blocks);
        let from = pairs.take_while(|(old, new)| old == new).count();
        sum.blocks.drain(..from);
        let name = name.to_owned();
        let section = SumsSection {
            folder: folder.to_owned(),
            files: vec![SectionFile { name, sum, from }],
            others: Vec::new(),
        };
        self.add(folder, &section);
    }

    fn add(&mut self, folder: &str, section: &SumsSection) {
        let path = format!("{folder}/{SUMS_FILE}");
        let before = fs::read_to_string(self.path(&path)).unwrap_or_default();
        let text = before + &section.to_text();
        self.write(folder, SUMS_FILE, &text);
        self.link(SealAction::Seal, folder, digest_of(text.as_bytes()));
    }

    pub(super) fn note_removal(&mut self, folder: &str) {
        self.link(SealAction::Remove, folder, Digest::default());
    }

    fn link(&mut self, action: SealAction, folder: &str, sums: Digest) {
        let mut link = SealLink {
            number: self.head.map_or(1, |head| head.number + 1),
            action,
            folder: Folder::parse(folder).unwrap(),
            time: "2025-05-04T11:01:00Z".parse().unwrap(),
            sums,
            previous: self.head.map_or(Digest::default(), |head| head.digest),
            signature: None,
        };
        if let Some(key) = &self.key {
            link.signature = Some(key.sign(link.statement().as_bytes()).to_bytes());
        }
        let head = SealHead {
            number: link.number,
            digest: link.digest(),
        };
        let before = fs::read_to_string(self.path(SEALS_FILE)).unwrap_or_default();
        self.write("", SEALS_FILE, &format!("{before}{link}\n"));
        self.head = Some(head);
        let manifest = Manifest {
            format_version: 1,
            interval: "1h".to_owned(),
            timezone: "UTC".to_owned(),
            timestamp_format: "%H:%M:%S".to_owned(),
            streams: Vec::new(),
            seals: self.head,
        };
        self.write("", MANIFEST_FILE, &manifest.to_json());
    }

    pub(super) fn verify(&self) -> Verification {
        self.verify_with(&VerifyOptions::new())
    }

    pub(super) fn verify_signed(&self) -> Verification {
        let key = SigningKey::from_bytes(&[7; 32]).verifying_key();
        let options = VerifyOptions {
            key: Some(key),
            head: None,
        };
        self.verify_with(&options)
    }

    pub(super) fn verify_with(&self, options: &VerifyOptions) -> Verification {
        let tree = LogTree::open(self.dir.path()).unwrap().with_clock(now);
        tree.verify(options).unwrap()
    }

    #[cfg(all(feature = "zstd", feature = "gzip"))]
    pub(super) fn compress(&self, folder: &str, name: &str, suffix: &str) {
        let path = self.path(folder).join(name);
        let text = fs::read(&path).unwrap();
        let packed = if suffix == "zst" {
            zstd::encode_all(&text[..], 3).unwrap()
        } else {
            let mut encoder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(&text).unwrap();
            encoder.finish().unwrap()
        };
        fs::write(self.path(folder).join(format!("{name}.{suffix}")), packed).unwrap();
        fs::remove_file(path).unwrap();
    }

    /// Packs a folder to an archive beside it.
    #[cfg(feature = "tar")]
    pub(super) fn pack(&self, folder: &str) {
        let file = fs::File::create(self.path(&format!("{folder}.tar"))).unwrap();
        let mut archive = tar::Builder::new(file);
        for name in [SUMS_FILE, "app.log", "errors.log"] {
            let path = self.path(folder).join(name);
            archive
                .append_path_with_name(path, Path::new(folder).join(name))
                .unwrap();
        }
        archive.finish().unwrap();
        self.remove_folder(folder);
    }
}

pub(super) fn sum_of(text: &str) -> FileSum {
    let mut hasher = ContentHasher::new();
    hasher.update(text.as_bytes());
    hasher.finish()
}

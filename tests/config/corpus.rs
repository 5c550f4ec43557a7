//! Files of settings, good and bad. A bad one ends with the problems that are reported for it, a
//! line each, behind `#~`. With `CHRONOLOGIX_BLESS=1` the test writes these lines anew.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A settings file.
pub(crate) struct Sample {
    /// Its path within this folder, for messages.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

impl Sample {
    /// What it is told, without the name of the file: `3:12: interval: …`.
    pub(crate) fn told(&self) -> Vec<&str> {
        let lines = self.text.lines();
        lines.filter_map(|line| line.strip_prefix("#~ ")).collect()
    }

    /// Makes this what it is told.
    pub(crate) fn bless(&self, told: &[String]) {
        let lines = self.text.split_inclusive('\n');
        let kept: String = lines.filter(|line| !line.starts_with("#~ ")).collect();
        let told = told.iter().map(|line| format!("#~ {line}\n"));
        fs::write(&self.path, kept + &told.collect::<String>()).unwrap();
    }
}

/// All files of a folder, in the order of their names.
pub(crate) fn samples(folder: &str) -> Vec<Sample> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let entries = fs::read_dir(root.join(folder)).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let sample = |path: PathBuf| Sample {
        name: path.strip_prefix(&root).unwrap().display().to_string(),
        text: fs::read_to_string(&path).unwrap(),
        path,
    };
    let samples: Vec<_> = paths.into_iter().map(sample).collect();
    assert!(!samples.is_empty(), "{folder} has files");
    samples
}

/// All that are wrong: those whose form is, and those whose meaning is.
pub(crate) fn bad() -> Vec<Sample> {
    let mut all = samples("bad/form");
    all.extend(samples("bad/meaning"));
    all
}

//! Another process puts something else where a log should be: the logger never writes through it,
//! no caller hangs, and the log goes on beside it.

use std::{
    fs::{self, File},
    os::unix::fs::{FileExt, MetadataExt, symlink},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{
    crowd::crowd,
    ledger::Ledger,
    lines::{Found, folders},
    rounds,
    tally::Tally,
    tools::{self, Tool},
    victim::check_told,
    victim::{Casting, Victim},
};

pub(crate) const THREADS: u64 = 2;

/// How long a test goes on waiting for what should be there sooner.
pub(crate) const SOON: Duration = Duration::from_secs(5);

/// What the file of somebody else says, before and after.
pub(crate) const MINE: &str = "not yours\n";

/// What stands where `app.log` should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plant {
    Symlink,
    DanglingSymlink,
    HardLink,
    Fifo,
    Directory,
    /// A regular file, but another user's.
    OtherOwner,
    /// `/dev/null`, by another name.
    Device,
}

const PLANTS: [Plant; 7] = [
    Plant::Symlink,
    Plant::DanglingSymlink,
    Plant::HardLink,
    Plant::Fifo,
    Plant::Directory,
    Plant::OtherOwner,
    Plant::Device,
];

impl Plant {
    fn needs_root(self) -> bool {
        matches!(self, Self::OtherOwner | Self::Device)
    }

    /// Puts it at `path`; what it leads to is `target`. Gives what stood there, which may have been
    /// made again meanwhile.
    fn put(self, path: &Path, target: &Path) -> Vec<File> {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        // Made aside and moved, so that the logger cannot be there first.
        let aside = target.with_extension("aside");
        if self != Self::DanglingSymlink && self != Self::OtherOwner {
            fs::write(target, MINE).unwrap();
        }
        match self {
            Self::Symlink | Self::DanglingSymlink => symlink(target, &aside).unwrap(),
            Self::HardLink => fs::hard_link(target, &aside).unwrap(),
            Self::Fifo => drop(tools::run(&["mkfifo", &text(&aside)])),
            Self::Directory => fs::create_dir(&aside).unwrap(),
            Self::OtherOwner => {
                fs::write(&aside, MINE).unwrap();
                std::os::unix::fs::chown(&aside, Some(65_534), Some(65_534)).unwrap();
            }
            Self::Device => drop(tools::run(&["mknod", &text(&aside), "c", "1", "3"])),
        }
        let mut before = Vec::new();
        loop {
            before.extend(File::open(path));
            if self == Self::Directory {
                // A directory cannot be moved over a file.
                let _ = fs::remove_file(path);
            }
            if fs::rename(&aside, path).is_ok() {
                return before;
            }
        }
    }

    /// What it leads to, and itself, is as it was.
    fn check(self, path: &Path, target: &Path, tally: &mut Tally) {
        let metadata = fs::symlink_metadata(path).unwrap();
        let is_right = match self {
            Self::DanglingSymlink => metadata.is_symlink() && !target.exists(),
            Self::Symlink => metadata.is_symlink() && is_mine(target),
            Self::HardLink => metadata.nlink() == 2 && is_mine(target),
            Self::Fifo | Self::Device => !metadata.is_file(),
            Self::Directory => metadata.is_dir() && fs::read_dir(path).unwrap().count() == 0,
            Self::OtherOwner => metadata.uid() == 65_534 && is_mine(path),
        };
        tally.expect(is_right, || {
            format!("{self:?}: it was written through, or is gone")
        });
    }

    /// Whether the victim stops in time. It must have reported the plant and left it alone. Then
    /// the plant is removed.
    fn is_survived(
        self,
        mut victim: Victim,
        path: &Path,
        target: &Path,
        tally: &mut Tally,
    ) -> bool {
        let outcome = victim.hear_within("stopped", Duration::from_secs(20));
        tally.expect(outcome.as_deref() == Some("ok"), || {
            format!("{self:?}: {outcome:?}")
        });
        if outcome.is_none() {
            victim.kill();
            return false;
        }
        let stderr = victim.succeed();
        check_told(&stderr, "app.log", tally);
        self.check(path, target, tally);
        remove(path);
        true
    }
}

pub(crate) fn is_mine(path: &Path) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text == MINE)
}

/// Those that can be planted here.
fn plants(test: &str) -> impl Iterator<Item = Plant> {
    let is_root = tools::are_here(test, &[Tool::Root]);
    PLANTS
        .into_iter()
        .filter(move |plant| is_root || !plant.needs_root())
}

#[test]
fn before_the_start() {
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let plants = plants("planted before the start").collect::<Vec<_>>();
    let tally = rounds::play(plants.len() as u64, 4, |round| {
        let plant = plants[usize::try_from(round).unwrap()];
        let mut tally = Tally::default();
        let dir = tempfile::tempdir().unwrap();
        let [base, target] = ["logs", "target"].map(|name| dir.path().join(name));
        let folder = base.join("2025-05-04__14-55");
        let path = folder.join("app.log");
        fs::create_dir_all(&folder).unwrap();
        plant.put(&path, &target);
        let victim = crowd(&base, THREADS)
            .with("records", 100)
            .with("step", 1)
            .start();
        if !plant.is_survived(victim, &path, &target, &mut tally) {
            return tally;
        }
        check_records(&base, [100; 2], &mut tally);
        tally.add("planted", 1);
        tally
    });
    let shown = ["planted", "records", "missing", "doubled", "torn"];
    tally.report(
        "something else in place of a file, before the start",
        &shown,
        begun,
    );
}

fn remove(path: &Path) {
    if fs::remove_file(path).is_err() {
        fs::remove_dir(path).unwrap();
    }
}

pub(crate) fn check_records(base: &Path, acknowledged: [u64; 2], tally: &mut Tally) {
    let [app, errors] = ["app", "errors"].map(|stream| Found::read(base, stream));
    app.check_whole("app.log", tally);
    errors.check_whole("errors.log", tally);
    app.check("app.log", 0, acknowledged[0], tally);
    app.check("app.log", 1, acknowledged[1], tally);
    errors.check("errors.log", 1, acknowledged[1], tally);
    tally.add("records", app.count());
}

/// What was acknowledged is in the files as they are, or in those from before, of which no name is
/// left.
fn check_both(base: &Path, before: &[File], acknowledged: &[u64], tally: &mut Tally) {
    let mut old = Found::default();
    for file in before {
        let size = file.metadata().unwrap().size();
        let mut content = vec![0; usize::try_from(size).unwrap()];
        file.read_exact_at(&mut content, 0).unwrap();
        old.take(&content);
    }
    let [app, errors] = ["app", "errors"].map(|stream| Found::read(base, stream));
    app.check_whole("app.log", tally);
    errors.check_whole("errors.log", tally);
    errors.check("errors.log", 1, acknowledged[1], tally);
    for (thread, acknowledged) in (0..).zip(acknowledged) {
        app.check("app.log", thread, 0, tally);
        let there = [old.of(thread), app.of(thread)].concat();
        let missing = (1..=*acknowledged).filter(|number| !there.contains(number));
        let missing = missing.collect::<Vec<_>>();
        tally.add("missing", missing.len() as u64);
        tally.expect(missing.is_empty(), || {
            format!("thread {thread}: {missing:?} missing")
        });
    }
    tally.add("records", old.count() + app.count());
}

/// A crowd that goes on until the test ends it, on the real clock, so that it looks after its files
/// as it always does.
pub(crate) fn start(dir: &Path) -> (Victim, Ledger, PathBuf) {
    let [base, ledger] = ["logs", "ledger"].map(|name| dir.join(name));
    let mut victim = live(&base).with("ledger", ledger.display()).start();
    victim.hear("started");
    let ledger = Ledger::open(&ledger);
    assert!(rounds::until(|| ledger.total(THREADS) >= 50));
    (victim, ledger, base)
}

fn live(base: &Path) -> Casting {
    crowd(base, THREADS).with("rate", 500).with("cue", "")
}

#[test]
fn while_running() {
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let plants = plants("planted while running").collect::<Vec<_>>();
    let tally = rounds::play(plants.len() as u64, 7, |round| {
        let plant = plants[usize::try_from(round).unwrap()];
        let mut tally = Tally::default();
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("target");
        let (mut victim, ledger, base) = start(dir.path());
        let path = folders(&base)[0].join("app.log");
        let before = plant.put(&path, &target);
        let next = path.with_file_name("app.1.log");
        let planted = Instant::now();
        let goes_on = rounds::until_within(SOON, || {
            fs::metadata(&next).is_ok_and(|next| next.len() > 0)
        });
        let took = u64::try_from(planted.elapsed().as_millis()).unwrap();
        tally.peak("ms until it went on:", took);
        tally.expect(goes_on && took < 1_500, || {
            format!("{plant:?}: went on after {took} ms")
        });
        victim.tell("enough");
        if !plant.is_survived(victim, &path, &target, &mut tally) {
            return tally;
        }
        check_both(&base, &before, &ledger.read(THREADS), &mut tally);
        tally.add("planted", 1);
        tally
    });
    let shown = [
        "planted",
        "records",
        "missing",
        "doubled",
        "torn",
        "ms until it went on:",
    ];
    tally.report(
        "something else in place of a file, while running",
        &shown,
        begun,
    );
}

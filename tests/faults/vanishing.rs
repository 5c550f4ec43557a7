//! Files and folders go away under the writer, ten times a second: what is logged once they are
//! back is there.

use std::{
    collections::{HashSet, VecDeque},
    fs::{self, File},
    io::Read,
    os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use crate::{
    crowd::{crowd, now},
    ledger::Ledger,
    lines::{Found, folders},
    rounds,
    tally::Tally,
};

const THREADS: u64 = 2;
const RATE: u64 = 2_000;
const EVERY: Duration = Duration::from_millis(100);

/// What was being written at one moment: where records may be lost, these may.
const ONE_BATCH: u64 = 50_000_000;

/// What somebody does to the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mischief {
    DeleteFolder,
    DeleteBase,
    DeleteFile,
    RenameFolder,
    RenameFile,
    /// As logrotate's `create` does.
    RenameAndCreate,
    CopyAndTruncate,
}

use Mischief::{
    CopyAndTruncate, DeleteBase, DeleteFile, DeleteFolder, RenameAndCreate, RenameFile,
    RenameFolder,
};

#[test]
fn what_is_logged_after_it_is_back_is_there() {
    let _machine = rounds::beside_others();
    let all = [
        DeleteFolder,
        DeleteBase,
        DeleteFile,
        RenameFolder,
        RenameFile,
        RenameAndCreate,
        CopyAndTruncate,
    ];
    let time = rounds::either(Duration::from_secs(2), Duration::from_secs(60));
    let begun = Instant::now();
    let tallies = thread::scope(|scope| {
        let running = all.map(|mischief| (mischief, scope.spawn(move || suffer(mischief, time))));
        running.map(|(mischief, running)| (mischief, running.join().unwrap()))
    });
    let shown = [
        "times",
        "records",
        "lost",
        "at once",
        "lost after it was back",
        "doubled",
        "torn",
        "ms until it was back:",
        "of which others had the processor:",
    ];
    let mut failed = Vec::new();
    for (mischief, tally) in tallies {
        if !tally.show(&format!("under load, {mischief:?}"), &shown, begun) {
            failed.push(mischief);
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}

/// One thing that was done: what had been acknowledged before, and once all was back, of each
/// thread.
struct Deed {
    before: u64,
    /// Nanoseconds that it took: between the copy and the truncation there may be lines as well.
    took: u64,
    back: Vec<u64>,
}

/// A file that was open when its name went away.
struct Gone {
    file: File,
    /// Bytes it had when its name was gone. No reader ever gets those, and that is not the
    /// logger's fault.
    bytes: u64,
}

impl Gone {
    fn new(file: File) -> Self {
        let metadata = file.metadata().unwrap();
        // A file of which there is a name left, somewhere, can be read whole.
        let is_deleted = metadata.nlink() == 0;
        let bytes = if is_deleted {
            metadata.size()
        } else {
            u64::MAX
        };
        Self { file, bytes }
    }
}

/// A tree with a crowd that logs to it, and all that was taken from it.
struct Scene {
    mischief: Mischief,
    base: PathBuf,
    /// The live file.
    file: PathBuf,
    aside: PathBuf,
    gone: VecDeque<Gone>,
    /// What stood where nobody can see it any more.
    unseen: Found,
    /// What anybody can see, in files moved aside.
    moved: Found,
}

fn suffer(mischief: Mischief, time: Duration) -> Tally {
    let mut tally = Tally::default();
    let folder = tempfile::tempdir().unwrap();
    let [base, aside, ledger_path, times_path] =
        ["logs", "aside", "ledger", "times"].map(|name| folder.path().join(name));
    fs::create_dir(&aside).unwrap();
    let [ledger, times] = [&ledger_path, &times_path].map(|path| Ledger::open(path));
    let mut victim = crowd(&base, THREADS)
        .with("ledger", ledger_path.display())
        .with("times", times_path.display())
        .with("stream", "app")
        .with("rate", RATE)
        .with("cue", "")
        .start();
    victim.hear("started");
    let mut scene = Scene {
        mischief,
        file: folders(&base)[0].join("app.log"),
        base,
        aside,
        gone: VecDeque::new(),
        unseen: Found::default(),
        moved: Found::default(),
    };
    let begun = Instant::now();
    let mut deeds = Vec::new();
    while begun.elapsed() < time {
        rounds::last(EVERY);
        let before = now();
        let kept_waiting = victim.kept_waiting();
        scene.strike(deeds.len());
        let struck = now();
        let is_back = rounds::until(|| scene.file.exists());
        let took = (now() - struck) / 1_000_000;
        let kept_waiting = (victim.kept_waiting() - kept_waiting) / 1_000;
        tally.peak("ms until it was back:", took);
        tally.peak("of which others had the processor:", kept_waiting.min(took));
        tally.expect(is_back && took < 1_000 + kept_waiting, || {
            format!("back after {took} ms, others had the processor for {kept_waiting}")
        });
        deeds.push(Deed {
            before,
            took: struck - before,
            back: ledger.read(THREADS),
        });
        scene.forget(10);
    }
    tally.add("times", deeds.len() as u64);
    victim.stop();
    scene.forget(0);
    scene.judge(&deeds, &ledger, &times, &mut tally);
    tally
}

impl Scene {
    /// Does the deed number `at`.
    fn strike(&mut self, at: usize) {
        let path = self.file.clone();
        let folder = path.parent().unwrap();
        let aside = self.aside.join(at.to_string());
        let file = File::open(&path).unwrap();
        match self.mischief {
            DeleteFolder => return self.delete(folder),
            DeleteBase => return self.delete(&self.base.clone()),
            DeleteFile => fs::remove_file(&path).unwrap(),
            RenameFolder => fs::rename(folder, &aside).unwrap(),
            RenameFile => fs::rename(&path, &aside).unwrap(),
            RenameAndCreate => {
                fs::rename(&path, &aside).unwrap();
                let mut options = fs::OpenOptions::new();
                let options = options.write(true).create_new(true).mode(0o600);
                // The logger may have been faster.
                let _ = options.open(&path);
            }
            CopyAndTruncate => {
                let mut copy = Vec::new();
                (&file).read_to_end(&mut copy).unwrap();
                let options = fs::OpenOptions::new().write(true).open(&path).unwrap();
                options.set_len(0).unwrap();
                self.moved.take(&copy);
                return;
            }
        }
        self.gone.push_back(Gone::new(file));
    }

    /// As `rm -r` does: one after the other, while the writer may put something new there. What it
    /// deletes stays open.
    fn delete(&mut self, folder: &Path) {
        loop {
            let Ok(entries) = fs::read_dir(folder) else {
                return;
            };
            for path in entries.map(|entry| entry.unwrap().path()) {
                if path.is_dir() && !path.is_symlink() {
                    self.delete(&path);
                    continue;
                }
                let file = File::open(&path).ok().filter(|_| path == self.file);
                let _ = fs::remove_file(&path);
                self.gone.extend(file.map(Gone::new));
            }
            if fs::remove_dir(folder).is_ok() {
                return;
            }
        }
    }

    /// Reads the files that went away, but for the last ones, which the writer may still be writing
    /// to.
    fn forget(&mut self, but: usize) {
        while self.gone.len() > but {
            let Some(Gone { file, bytes }) = self.gone.pop_front() else {
                return;
            };
            let size = file.metadata().unwrap().size().min(bytes);
            let mut content = vec![0; usize::try_from(size).unwrap()];
            file.read_exact_at(&mut content, 0).unwrap();
            if bytes == u64::MAX {
                self.moved.take(&content);
            } else {
                self.unseen.take(&content);
            }
        }
    }

    fn judge(&mut self, deeds: &[Deed], ledger: &Ledger, times: &Ledger, tally: &mut Tally) {
        let live = Found::read(&self.base, "app");
        live.check_whole("app.log", tally);
        tally.expect(self.moved.strange.is_empty(), || {
            format!("moved aside: {:?}", self.moved.strange[0])
        });
        for (thread, made) in (0..).zip(ledger.read(THREADS)) {
            tally.add("records", made);
            let visible = [live.of(thread), self.moved.of(thread)].concat();
            let mut there = visible.iter().copied().collect::<HashSet<_>>();
            let doubled = (visible.len() - there.len()) as u64;
            tally.add("doubled", doubled);
            tally.expect(doubled == 0, || {
                format!("thread {thread}: {doubled} doubled")
            });
            there.extend(self.unseen.of(thread));
            let lost = (1..=made).filter(|number| !there.contains(number));
            let time = |number| (number, times.time(thread, number).unwrap_or_default());
            let lost = lost.map(time).collect::<Vec<_>>();
            self.judge_lost(thread, &lost, deeds, tally);
        }
    }

    /// `lost` are numbers and times of one thread's records that stand nowhere.
    fn judge_lost(&self, thread: u64, lost: &[(u64, u64)], deeds: &[Deed], tally: &mut Tally) {
        let index = usize::try_from(thread).unwrap();
        tally.add("lost", lost.len() as u64);
        let may_lose = matches!(
            self.mischief,
            DeleteFolder | DeleteBase | DeleteFile | CopyAndTruncate
        );
        tally.expect(lost.is_empty() || may_lose, || {
            format!("thread {thread}: {} lost", lost.len())
        });
        let mut rest = lost;
        for deed in deeds {
            // The one after the last acknowledged may have been on its way.
            let end = rest.partition_point(|(number, _)| *number <= deed.back[index] + 1);
            let (batch, after) = rest.split_at(end);
            rest = after;
            let Some((oldest, newest)) = batch.first().zip(batch.last()) else {
                continue;
            };
            tally.peak("at once", batch.len() as u64);
            tally.expect(newest.1 - oldest.1 <= ONE_BATCH + deed.took, || {
                let ms = (newest.1 - oldest.1) / 1_000_000;
                format!(
                    "thread {thread}: {} lost at once, made in {ms} ms",
                    batch.len()
                )
            });
            let early = batch
                .iter()
                .filter(|(_, time)| *time + ONE_BATCH < deed.before);
            let early = early.count() as u64;
            tally.add("lost after it was back", early);
            tally.expect(early == 0, || {
                format!("thread {thread}: {early} lost that were made long before the next deed")
            });
        }
        tally.add("lost after it was back", rest.len() as u64);
        tally.expect(rest.is_empty(), || {
            format!("thread {thread}: {} lost after the last deed", rest.len())
        });
    }
}

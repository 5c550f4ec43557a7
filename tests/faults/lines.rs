//! What the records of the crowd look like, and what of them stands in the files.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use crate::tally::Tally;

/// The message of a record: who made it, its number, how long the filling is, the filling, and a
/// full stop. A piece of it, or two pieces in one line, cannot be taken for a whole one.
pub(crate) fn filling(thread: u64, number: u64, most: usize) -> &'static str {
    let most = most as u64 + 1;
    let length = (number.wrapping_mul(7919) + thread * 31) % most;
    fill(usize::try_from(length).unwrap())
}

fn fill(length: usize) -> &'static str {
    static LONGEST: LazyLock<String> = LazyLock::new(|| "x".repeat(1 << 16));
    LONGEST.get(..length).unwrap_or("too long")
}

/// Thread and number of a whole message.
pub(crate) fn whole(message: &str) -> Option<(u64, u64)> {
    let mut words = message.strip_suffix('.')?.splitn(4, ' ');
    let thread = words.next()?.parse().ok()?;
    let number = words.next()?.parse().ok()?;
    let length = words.next()?.parse::<usize>().ok()?;
    let filling = words.next()?;
    (filling == fill(length)).then_some((thread, number))
}

/// How many records were dropped, if that is what the message says.
fn dropped(message: &str) -> Option<u64> {
    let rest = message.strip_prefix("[WARN] chronologix: ")?;
    let (count, rest) = rest.split_once(" record")?;
    let is_it = rest
        .trim_start_matches('s')
        .starts_with(" dropped (queue full) from ");
    count.parse().ok().filter(|_| is_it)
}

/// The interval folders in a base directory, oldest first.
pub(crate) fn folders(base: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(base) else {
        return Vec::new();
    };
    let entries = entries.map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    let mut folders = folders.map(|entry| entry.path()).collect::<Vec<_>>();
    folders.sort();
    folders
}

/// A stream's files in all interval folders: for `app`, `app.log` and its numbered successors, in
/// order.
pub(crate) fn files(base: &Path, stream: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in folders(base) {
        let name = |number: u32| match number {
            0 => format!("{stream}.log"),
            number => format!("{stream}.{number}.log"),
        };
        let in_folder = (0..100).map(|number| folder.join(name(number)));
        files.extend(in_folder.filter(|path| path.is_file()));
    }
    files
}

/// What stands in a stream's files.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// By thread: the numbers of its records, in the order of the files.
    pub(crate) numbers: HashMap<u64, Vec<u64>>,
    /// Files whose last line has no end.
    pub(crate) torn_tails: Vec<PathBuf>,
    /// Lines whose stamp belongs to another folder.
    pub(crate) misplaced: u64,
    /// How many records the logger itself says were dropped, because nobody waited for room.
    pub(crate) dropped: u64,
    /// Lines that are none of the crowd's, or not whole.
    pub(crate) strange: Vec<String>,
}

impl Found {
    /// Reads all files of a stream.
    pub(crate) fn read(base: &Path, stream: &str) -> Self {
        let mut found = Self::default();
        for path in files(base, stream) {
            let bytes = fs::read(&path).unwrap();
            found.check_stamps(&path, &bytes);
            if found.take(&bytes) {
                found.torn_tails.push(path);
            }
        }
        found
    }

    /// In a folder of five minutes, each line is to be stamped with one of them.
    fn check_stamps(&mut self, path: &Path, bytes: &[u8]) {
        let folder = path.parent().unwrap().file_name().unwrap();
        let folder = folder.to_string_lossy().into_owned();
        // 2025-05-04__14-55, and [14:57:30.000000] in front of a line.
        let Some((_, time)) = folder.split_once("__") else {
            return;
        };
        let begin = time[3..].parse::<u32>().unwrap();
        let minutes = (begin..begin + 5).map(|minute| format!("[{}:{minute:02}:", &time[..2]));
        let minutes = minutes.collect::<Vec<_>>();
        let text = String::from_utf8_lossy(bytes);
        let is_elsewhere = |line: &&str| !minutes.iter().any(|minute| line.starts_with(minute));
        self.misplaced += text.lines().filter(is_elsewhere).count() as u64;
    }

    /// Takes in the content of a file. Whether it ends in the middle of a line.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> bool {
        let text = String::from_utf8_lossy(bytes);
        let end = text.rfind('\n').map_or(0, |at| at + 1);
        for line in text[..end].split_terminator('\n') {
            let message = line.split_once("] ").map(|(_, message)| message);
            self.dropped += message.and_then(dropped).unwrap_or_default();
            match message.and_then(whole) {
                Some((thread, number)) => self.numbers.entry(thread).or_default().push(number),
                None if message.and_then(dropped).is_some() => {}
                None => self.strange.push(line.chars().take(120).collect()),
            }
        }
        end < text.len()
    }

    /// The numbers of one thread.
    pub(crate) fn of(&self, thread: u64) -> &[u64] {
        self.numbers.get(&thread).map_or(&[], Vec::as_slice)
    }

    /// How many records there are.
    pub(crate) fn count(&self) -> u64 {
        self.numbers
            .values()
            .map(|numbers| numbers.len() as u64)
            .sum()
    }

    /// Checks that a thread's records up to `acknowledged` are there once and in order, and none
    /// stands there twice.
    pub(crate) fn check(&self, file: &str, thread: u64, acknowledged: u64, tally: &mut Tally) {
        let numbers = self.of(thread);
        if (1..=acknowledged).eq(numbers.iter().copied()) {
            return;
        }
        let mut seen = std::collections::HashSet::new();
        let doubled = numbers
            .iter()
            .filter(|number| !seen.insert(**number))
            .count();
        let missing = (1..=acknowledged).filter(|number| !seen.contains(number));
        let missing = missing.collect::<Vec<_>>();
        tally.add("doubled", doubled as u64);
        tally.add("missing", missing.len() as u64);
        tally.expect(doubled == 0, || {
            format!("{file}, thread {thread}: {doubled} doubled")
        });
        tally.expect(missing.is_empty(), || {
            let ends = (missing.first(), missing.last());
            format!(
                "{file}, thread {thread}: {} of {acknowledged} acknowledged missing, {ends:?}",
                missing.len()
            )
        });
        let in_order = numbers.is_sorted();
        tally.expect(in_order, || {
            format!("{file}, thread {thread}: not in order")
        });
    }

    /// Checks that no line is strange, torn or in the wrong folder.
    pub(crate) fn check_whole(&self, file: &str, tally: &mut Tally) {
        tally.add("torn", (self.strange.len() + self.torn_tails.len()) as u64);
        tally.expect(self.strange.is_empty(), || {
            let first = &self.strange[0];
            format!(
                "{file}: {} strange lines, the first {first:?}",
                self.strange.len()
            )
        });
        tally.expect(self.dropped == 0, || {
            format!("{file}: {} dropped", self.dropped)
        });
        tally.expect(self.misplaced == 0, || {
            format!("{file}: {} lines in the wrong folder", self.misplaced)
        });
        tally.expect(self.torn_tails.is_empty(), || {
            format!("{file}: torn tails in {:?}", self.torn_tails)
        });
    }
}

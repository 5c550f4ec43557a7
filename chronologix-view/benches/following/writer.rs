//! A service that logs to three streams, one of them mirrored.

use std::{
    fmt::Write as _,
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use crate::tree::DESCRIPTION;

/// The time between writes.
const TICK: Duration = Duration::from_millis(5);

/// Its timestamps are the default ones, of whole seconds, so many lines have the same.
pub(crate) struct Writer {
    base: PathBuf,
    files: [File; 3],
    /// The hour of the folder, and when it began.
    hour: String,
    begun: Instant,
    /// The number of the next line.
    pub(crate) next: u64,
}

impl Writer {
    /// Starts a tree with its first folder.
    pub(crate) fn new(base: &Path, folder: &str) -> Self {
        fs::create_dir_all(base).unwrap();
        let description = DESCRIPTION.replace("%S.%f", "%S");
        fs::write(base.join(".chronologix.json"), description).unwrap();
        Self {
            base: base.to_owned(),
            files: files(base, folder),
            hour: hour(folder),
            begun: Instant::now(),
            next: 0,
        }
    }

    /// Continues in another folder.
    pub(crate) fn roll_over(&mut self, folder: &str) {
        self.files = files(&self.base, folder);
        (self.hour, self.begun) = (hour(folder), Instant::now());
    }

    /// Writes a unique line to `app`. Returns its text and the time.
    pub(crate) fn line(&mut self) -> (String, Instant) {
        let text = format!("line-{:09}", self.next);
        self.next += 1;
        let line = format!("{}[INFO] {text} alone\n", self.stamp());
        self.files[0].write_all(line.as_bytes()).unwrap();
        (text, Instant::now())
    }

    fn stamp(&self) -> String {
        let second = self.begun.elapsed().as_secs();
        format!(
            "[{}:{:02}:{:02}] ",
            self.hour,
            second / 60 % 60,
            second % 60
        )
    }

    /// Writes `rate` lines a second until `end`. Calls `told` with the number of the next line and
    /// the time.
    pub(crate) fn run(&mut self, rate: u64, end: Instant, mut told: impl FnMut(u64, Instant)) {
        let (begun, first) = (Instant::now(), self.next);
        let mut batches: [String; 3] = Default::default();
        while Instant::now() < end {
            let due =
                first + u64::try_from(begun.elapsed().as_micros()).unwrap() * rate / 1_000_000;
            let stamp = self.stamp();
            for number in self.next..due {
                let (own, copied) = match number % 20 {
                    _ if is_of_last_stream(number) => (2, None),
                    0 => (1, Some(0)),
                    _ => (0, None),
                };
                let level = if own == 1 { "ERROR" } else { "INFO" };
                for file in [Some(own), copied].into_iter().flatten() {
                    writeln!(
                        batches[file],
                        "{stamp}[{level}] line-{number:09} took 17 ms"
                    )
                    .unwrap();
                }
            }
            for (file, batch) in self.files.iter_mut().zip(&mut batches) {
                file.write_all(batch.as_bytes()).unwrap();
                batch.clear();
            }
            self.next = self.next.max(due);
            told(self.next, Instant::now());
            thread::sleep(TICK);
        }
    }
}

/// Returns whether the line with this number goes to the last stream.
pub(crate) fn is_of_last_stream(number: u64) -> bool {
    number % 20 > 12
}

fn files(base: &Path, folder: &str) -> [File; 3] {
    let folder = base.join(folder);
    fs::create_dir_all(&folder).unwrap();
    ["app.log", "errors.log", "orders.log"].map(|name| {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        options.open(folder.join(name)).unwrap()
    })
}

/// `14` of `2025-05-04__14-00`.
fn hour(folder: &str) -> String {
    let (_, time) = folder.split_once("__").unwrap();
    time[..2].to_owned()
}

//! A real file and its incidents.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
};

use tempfile::TempDir;

use super::*;

struct Log {
    dir: TempDir,
    tail: FileTail,
}

impl Log {
    fn new(content: &str, start: Start) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("app.log");
        fs::write(&path, content).unwrap();
        Self {
            dir,
            tail: FileTail::new(path, start, 1 << 16),
        }
    }

    fn path(&self) -> &Path {
        self.tail.path()
    }

    fn append(&self, text: &str) {
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(self.path())
            .unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// Polls until there is nothing more.
    #[track_caller]
    fn check(&mut self, expected: &[&str], incident: Option<Incident>) {
        let (mut lines, mut incidents) = (Vec::new(), Vec::new());
        loop {
            let polled = self.tail.poll();
            lines.extend(polled.lines.into_iter().map(|line| line.text.into_string()));
            incidents.extend(polled.incident);
            if !polled.has_more {
                break;
            }
        }
        assert_eq!(lines, expected);
        assert_eq!(incidents, Vec::from_iter(incident));
    }
}

#[test]
fn a_closed_file_is_opened_again_when_it_changes() {
    let mut log = Log::new("one\n", Start::Beginning);
    log.check(&["one"], None);
    log.tail.close();
    log.check(&[], None);
    assert!(!log.tail.is_open());
    log.append("two\n");
    log.check(&["two"], None);
    assert!(log.tail.is_open());
    log.tail.close();
    fs::write(log.dir.path().join("new"), "three\nfour and five\n").unwrap();
    fs::rename(log.dir.path().join("new"), log.path()).unwrap();
    log.check(&["three", "four and five"], Some(Incident::Replaced));
    log.tail.close();
    fs::remove_file(log.path()).unwrap();
    log.check(&[], Some(Incident::Deleted));
}

#[test]
fn a_byte_order_mark_is_not_part_of_the_first_line() {
    let mut log = Log::new("\u{feff}one\n", Start::Beginning);
    log.check(&["one"], None);
    log.append("two\n");
    log.check(&["two"], None);
    let mut log = Log::new("", Start::Last(100));
    log.check(&[], None);
    log.append("\u{feff}one\n");
    log.check(&["one"], None);
}

#[test]
fn a_damaged_file_is_shown_and_its_damage_told_once() {
    let mut log = Log::new("", Start::Beginning);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"one\n").unwrap();
    let mut packed = packed.finish().unwrap();
    packed.extend(b"garbage");
    fs::write(log.path(), packed).unwrap();
    let damage = "has bytes behind its end that are not gzip; ignoring them";
    log.check(&["one"], Some(Incident::Damaged(damage.into())));
    log.check(&[], None);
}

#[test]
fn lines_come_as_they_are_completed() {
    let mut log = Log::new("one\n", Start::Beginning);
    log.check(&["one"], None);
    log.check(&[], None);
    log.append("tw");
    log.check(&[], None);
    log.append("o\nthree\n");
    log.check(&["two", "three"], None);
    assert!(!log.tail.is_cut());
}

#[test]
fn a_file_may_come_later() {
    let mut log = Log::new("", Start::Last(10));
    fs::remove_file(log.path()).unwrap();
    log.check(&[], None);
    log.append("one\n");
    log.check(&["one"], None);
}

#[test]
fn only_the_end_of_a_long_file_is_read() {
    let mut log = Log::new("first\nsecond\nthird\n", Start::Last(9));
    log.check(&["third"], None);
    assert!(log.tail.is_cut());
    // Begins exactly at a line.
    let mut log = Log::new("first\nsecond\nthird\n", Start::Last(13));
    log.check(&["second", "third"], None);
    let mut log = Log::new("first\nsecond\n", Start::Last(100));
    log.check(&["first", "second"], None);
    assert!(!log.tail.is_cut());
    let mut log = Log::new("first\nsec", Start::Last(0));
    log.check(&[], None);
    log.append("ond\nthird\n");
    log.check(&["third"], None);
}

#[test]
fn a_file_larger_than_a_block_is_read_to_its_end() {
    let lines: Vec<String> = (0..60_000).map(|number| format!("line {number}")).collect();
    let mut log = Log::new(&format!("{}\n", lines.join("\n")), Start::Beginning);
    log.check(&lines.iter().map(String::as_str).collect::<Vec<_>>(), None);
}

#[test]
fn emptied_and_written_to_again() {
    let mut log = Log::new("[10:00:00] one\n[10:00:01] two\n", Start::Beginning);
    log.check(&["[10:00:00] one", "[10:00:01] two"], None);
    fs::write(log.path(), "").unwrap();
    log.check(&[], Some(Incident::Truncated));
    log.append("[10:00:02] three\n");
    log.check(&["[10:00:02] three"], None);
}

#[test]
fn emptied_and_grown_beyond_between_two_looks() {
    let mut log = Log::new("one\n", Start::Beginning);
    log.check(&["one"], None);
    fs::write(log.path(), "two\nthree\n").unwrap();
    log.check(&["two", "three"], Some(Incident::Truncated));
}

#[test]
fn an_unfinished_line_is_kept_when_its_file_is_emptied() {
    let mut log = Log::new("one\ntor", Start::Beginning);
    log.check(&["one"], None);
    fs::write(log.path(), "").unwrap();
    log.check(&["tor"], Some(Incident::Truncated));
}

#[test]
fn renamed_and_made_again_as_logrotate_does() {
    let mut log = Log::new("one\n", Start::Beginning);
    log.check(&["one"], None);
    log.append("two\n");
    fs::rename(log.path(), log.dir.path().join("app.log.1")).unwrap();
    log.append("three\n");
    log.check(&["two", "three"], Some(Incident::Replaced));
    log.append("four\n");
    log.check(&["four"], None);
}

#[test]
fn replaced_by_a_copy_of_itself() {
    let mut log = Log::new("one\ntwo\n", Start::Beginning);
    log.check(&["one", "two"], None);
    let copy = log.dir.path().join("copy");
    fs::write(&copy, "one\ntwo\nthree\n").unwrap();
    fs::rename(&copy, log.path()).unwrap();
    log.check(&["three"], None);
}

#[test]
fn edited_and_saved() {
    let line = "[10:00:00.000000] the first line of the day, which is quite a long one\n";
    let mut log = Log::new(&format!("{line}one\ntwo\n"), Start::Beginning);
    log.check(&[line.trim_end(), "one", "two"], None);
    // In place.
    fs::write(log.path(), format!("{line}eins\ntwo\n")).unwrap();
    log.check(&[line.trim_end(), "eins", "two"], Some(Incident::Rewritten));
    // By another file, and truncated before.
    fs::write(log.path(), "").unwrap();
    log.check(&[], Some(Incident::Truncated));
    fs::write(log.path(), format!("{line}uno\ntwo\n")).unwrap();
    log.check(&[line.trim_end(), "uno", "two"], Some(Incident::Rewritten));
}

#[test]
fn deleted_while_it_is_still_written_to() {
    let mut log = Log::new("one\n", Start::Beginning);
    log.check(&["one"], None);
    let mut writer = OpenOptions::new().append(true).open(log.path()).unwrap();
    fs::remove_file(log.path()).unwrap();
    log.check(&[], Some(Incident::Deleted));
    writer.write_all(b"two\n").unwrap();
    log.check(&["two"], None);
    writer.write_all(b"three\n").unwrap();
    log.append("four\n");
    log.check(&["three", "four"], Some(Incident::Replaced));
    fs::remove_file(log.path()).unwrap();
    log.check(&[], Some(Incident::Deleted));
    log.check(&[], None);
}

#[test]
fn after_skipping_only_what_is_new_is_read() {
    let mut log = Log::new("one\ntwo\n", Start::Beginning);
    log.check(&["one", "two"], None);
    log.tail.skip_to_end();
    log.append("three\n");
    log.check(&[], None);
    log.append("four\n");
    log.check(&["four"], None);
}

#[test]
fn what_is_no_file_is_told_once() {
    let mut log = Log::new("", Start::Beginning);
    fs::remove_file(log.path()).unwrap();
    fs::create_dir(log.path()).unwrap();
    log.check(
        &[],
        Some(Incident::Unreadable("it is not a regular file".into())),
    );
    log.check(&[], None);
    fs::remove_dir(log.path()).unwrap();
    log.append("one\n");
    log.check(&["one"], None);
}

#[cfg(unix)]
#[test]
fn a_fifo_does_not_hang() {
    let mut log = Log::new("", Start::Beginning);
    fs::remove_file(log.path()).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(log.path())
        .status();
    if made.is_ok_and(|status| status.success()) {
        log.check(
            &[],
            Some(Incident::Unreadable("it is not a regular file".into())),
        );
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

#[test]
fn an_unfinished_line_is_returned_once_it_rests() {
    let mut log = Log::new("one\ntw", Start::Beginning);
    assert_eq!(log.tail.unfinished(at(0)), None, "not read yet");
    log.check(&["one"], None);
    let text = |log: &mut Log, seconds| {
        let line = log.tail.unfinished(at(seconds));
        line.map(|line| (line.text.into_string(), line.at))
    };
    assert_eq!(text(&mut log, 0), None);
    assert_eq!(text(&mut log, 1), Some(("tw".into(), 4)));
    assert_eq!(text(&mut log, 5), None, "once is enough");
    log.append("o");
    log.check(&[], None);
    assert_eq!(text(&mut log, 6), None, "it grows");
    assert_eq!(text(&mut log, 7), Some(("two".into(), 4)));
    log.append("\n");
    log.check(&["two"], None);
    assert_eq!(text(&mut log, 9), None);
}

#[test]
fn a_file_that_rests_when_it_is_opened_needs_no_wait() {
    let mut log = Log::new("one\ntwo", Start::Beginning);
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(60);
    let file = OpenOptions::new().append(true).open(log.path()).unwrap();
    file.set_modified(old).unwrap();
    log.check(&["one"], None);
    assert!(log.tail.unfinished(at(61)).is_some());
}

#[test]
fn a_long_unfinished_line_is_read_from_its_start() {
    let rest = "x".repeat(200_000);
    for (content, start) in [
        (rest.clone(), 0),
        (format!("one\n{rest}"), 4),
        (format!("{}\n{rest}", "y".repeat(300_000)), 300_001),
    ] {
        let mut log = Log::new(&content, Start::Last(1 << 16));
        let mut lines = Vec::new();
        while {
            let polled = log.tail.poll();
            lines.extend(polled.lines);
            polled.has_more
        } {}
        assert_eq!(lines.len(), 1, "the start of the line");
        assert!(lines[0].is_cut && lines[0].at == start);
        assert_eq!(lines[0].text.len(), 1 << 16);
        assert_eq!(log.tail.is_cut(), start > 0);
        log.append("\ntwo\n");
        log.check(&["two"], None);
    }
    let mut log = Log::new(&format!("one\n{}", "x".repeat(50)), Start::Last(10));
    log.check(&[], None);
    let line = log.tail.unfinished(at(i64::from(u32::MAX))).unwrap();
    assert_eq!((line.text.len(), line.at), (50, 4));
}

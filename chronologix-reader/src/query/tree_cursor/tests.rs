//! Cursors over random trees against a simple reference.

use std::{fmt::Write as _, fs, path::Path};

use proptest::prelude::*;

use chrono::{DateTime, Utc};

use super::*;
use crate::{
    line::LogLine,
    merge::Record,
    query::{Case, Filter, FilterRule, LineRegex},
    streams::StreamNames,
};

const DESCRIPTION: &str = r#"{
    "format_version": 1, "interval": "1h", "timezone": "UTC", "timestamp_format": "%H:%M:%S",
    "streams": [{"name": "app", "file": "app.log", "format": "text", "mirror": []},
                {"name": "errors", "file": "errors.log", "format": "text", "mirror": ["app"]},
                {"name": "audit", "file": "audit.log", "format": "text", "mirror": []}]}"#;

/// A line or a record without its position.
pub(in crate::query) type Shown = (String, i64, Vec<u16>);

/// The files of a folder, and their records in order.
pub(in crate::query) struct Written {
    pub(in crate::query) dir: tempfile::TempDir,
    pub(in crate::query) expected: Vec<Shown>,
    /// The lines of each folder before copies are folded.
    lines: Vec<Vec<DatedText>>,
}

/// A line: its time, stream, position in the stream, and text.
type DatedText = (i64, u16, usize, String);

/// A random record: stream, seconds since the one before, text, kind of line.
pub(in crate::query) type Drawn = (u16, i64, usize, u8);

pub(in crate::query) fn write(folders: &[Vec<Drawn>], split: usize) -> Written {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(".chronologix.json"), DESCRIPTION).unwrap();
    let mut lines = Vec::new();
    for (hour, records) in folders.iter().enumerate() {
        let path = dir.path().join(format!("2025-05-04__{:02}-00", 10 + hour));
        fs::create_dir(&path).unwrap();
        let hour = 10 + i64::try_from(hour).unwrap();
        lines.push(write_folder(&path, hour, records, split));
    }
    // The last folders are live, and only whole lines of them are read.
    let expected = lines.iter().cloned().flat_map(folded).collect();
    Written {
        dir,
        expected,
        lines,
    }
}

fn write_folder(path: &Path, hour: i64, records: &[Drawn], split: usize) -> Vec<DatedText> {
    let mut files: [Vec<String>; 3] = Default::default();
    let mut now = 0;
    let mut last = [0; 3];
    // Whether the last line of app is a copy, and whether the last record of errors was copied.
    let (mut is_copy, mut is_copied) = (false, false);
    for (number, (stream, step, text, kind)) in records.iter().enumerate() {
        now += step;
        // A line only continues a record that its file ends with.
        let kind = match (kind, stream) {
            (2, 0) if is_copy => &0,
            (2, 1) if is_copied && !is_copy => &0,
            _ => kind,
        };
        if *stream == 1 && *kind != 2 {
            is_copied = kind % 2 == 0;
        }
        is_copy = match stream {
            0 => false,
            1 => is_copied || is_copy,
            _ => is_copy,
        };
        // Some timestamps go back by a moment, and some lines have none.
        let second = if *kind == 1 && last[usize::from(*stream)] != 1 {
            (now - 1).max(0)
        } else {
            now
        };
        last[usize::from(*stream)] = *kind;
        let mut line = format!("[{hour:02}:{:02}:{:02}] ", second / 60, second % 60);
        match kind {
            2 => line = "\tcontinued ".into(),
            3 => line.push_str("[ERROR] "),
            _ => {}
        }
        let _ = write!(line, "{}", ["a", "b", &format!("record {number}")][*text]);
        let stream = usize::from(*stream);
        if stream == 1 && is_copied {
            files[0].push(line.clone());
        }
        files[stream].push(line);
    }
    let start = Folder::parse(&format!("2025-05-04__{hour:02}-00")).unwrap();
    let start = start.start().and_utc().timestamp();
    let mut lines: Vec<DatedText> = Vec::new();
    for (stream, texts) in (0_u16..).zip(&files) {
        let name = ["app", "errors", "audit"][usize::from(stream)];
        let mut latest = start;
        for (part, texts) in texts.chunks(split.max(1)).enumerate() {
            let number = if part == 0 {
                String::new()
            } else {
                format!(".{part}")
            };
            let content: String = texts
                .iter()
                .flat_map(|line| [line.as_str(), "\n"])
                .collect();
            fs::write(path.join(format!("{name}{number}.log")), content).unwrap();
        }
        for (at, text) in texts.iter().enumerate() {
            if let Some(stamp) = text.strip_prefix('[') {
                let field = |from: usize| stamp[from..from + 2].parse::<i64>().unwrap();
                latest = latest.max(start + field(3) * 60 + field(6));
            }
            lines.push((latest, stream, at, text.clone()));
        }
    }
    lines
}

/// Returns the lines whose records pass a filter.
fn passing(lines: &[DatedText], filter: &Filter) -> Vec<DatedText> {
    let mut found = Vec::new();
    for of_stream in lines.chunk_by(|one, next| one.1 == next.1) {
        // Before the first time, nothing tells where records begin.
        let mut has_times = false;
        let begins: Vec<bool> = of_stream
            .iter()
            .map(|(.., text)| {
                has_times |= text.starts_with('[');
                text.starts_with('[') || !has_times
            })
            .collect();
        let line = |at: usize| LogLine {
            begins_record: begins[at],
            ..LogLine::new(
                Key::first_of(Folder::parse("2025-05-04").unwrap()),
                of_stream[at].3.as_str(),
            )
        };
        let mut at = 0;
        while at < of_stream.len() {
            let more = begins[at + 1..]
                .iter()
                .take_while(|begins| !**begins)
                .count();
            let record: Vec<LogLine> = (at..=at + more).map(line).collect();
            if filter.takes_record(&record) {
                found.extend_from_slice(&of_stream[at..=at + more]);
            }
            at += more + 1;
        }
    }
    found
}

/// Returns lines in order, each record once.
fn folded(mut lines: Vec<DatedText>) -> Vec<Shown> {
    lines.sort();
    let mut shown: Vec<Shown> = Vec::new();
    for (instant, stream, _, text) in lines {
        let twin = shown.iter_mut().find(|(other, at, found)| {
            stream == 1 && *at == instant && *other == text && *found == [0]
        });
        match twin {
            Some((.., found)) => found.push(1),
            None => shown.push((text, instant, vec![stream])),
        }
    }
    shown
}

pub(in crate::query) fn tree(base: &Path) -> Tree {
    let names = StreamNames::default();
    let mut tree = Tree::new(base.to_owned(), 64 << 10, names);
    tree.refresh(DateTime::UNIX_EPOCH).unwrap();
    tree
}

pub(in crate::query) fn show(record: &Record) -> Shown {
    let found = record.streams.iter().map(|stream| stream.0).collect();
    let second = record.line.key.instant.timestamp();
    (record.line.text.to_string(), second, found)
}

/// Returns the records from a place on, in the order of the cursor.
fn travel(
    tree: &mut Tree,
    view: &View,
    from: Place,
    direction: Direction,
    rows: usize,
) -> Vec<Record> {
    let mut cursor = TreeCursor::new(tree, view, from, direction);
    let mut found = Vec::new();
    while found.len() < rows {
        match cursor.step(tree, DateTime::UNIX_EPOCH) {
            Step::Records(mut records) => {
                if direction == Direction::Older {
                    records.reverse();
                }
                found.extend(records);
            }
            Step::Pending => {}
            Step::Trouble(trouble) => panic!("{trouble}"),
            Step::End => break,
        }
    }
    found.truncate(rows);
    found
}

fn shown(records: &[Record]) -> Vec<Shown> {
    records.iter().map(show).collect()
}

fn whole(tree: &mut Tree, view: &View, direction: Direction) -> Vec<Shown> {
    let from = match direction {
        Direction::Older => Place::End,
        Direction::Newer => Place::Beginning,
    };
    let mut records = travel(tree, view, from, direction, usize::MAX);
    if direction == Direction::Older {
        records.reverse();
    }
    shown(&records)
}

/// Returns page after page, each from the end of the one before.
fn paged(tree: &mut Tree, view: &View, direction: Direction, rows: usize) -> Vec<Shown> {
    let mut from = match direction {
        Direction::Older => Place::End,
        Direction::Newer => Place::Beginning,
    };
    let mut all = Vec::new();
    loop {
        let page = travel(tree, view, from, direction, rows);
        let Some(last) = page.last() else { break };
        from = Place::Row(last.line.key);
        all.extend(page);
    }
    if direction == Direction::Older {
        all.reverse();
    }
    shown(&all)
}

pub(in crate::query) fn folders() -> impl Strategy<Value = Vec<Vec<Drawn>>> {
    let record = (0_u16..3, 0_i64..4, 0_usize..3, 0_u8..6);
    prop::collection::vec(prop::collection::vec(record, 0..120), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 24 } else { 2_000 }))]

    #[test]
    fn both_ways_equal_the_reference(folders in folders(), split in 1_usize..80, rows in 1_usize..30) {
        let written = write(&folders, split);
        let mut tree = tree(written.dir.path());
        let view = View::default();
        for direction in [Direction::Newer, Direction::Older] {
            prop_assert_eq!(&whole(&mut tree, &view, direction), &written.expected);
            prop_assert_eq!(&paged(&mut tree, &view, direction, rows), &written.expected);
        }
    }

    #[test]
    fn a_time_is_found_as_in_the_reference(
        folders in folders(),
        split in 1_usize..80,
        minute in 0_i64..200,
        second in 0_i64..60,
    ) {
        let written = write(&folders, split);
        let mut tree = tree(written.dir.path());
        let start: DateTime<Utc> = "2025-05-04T10:00:00Z".parse().unwrap();
        let time = DateTime::from_timestamp(start.timestamp() + minute * 60 + second, 0).unwrap();
        // Folders end where the next begins, whatever timestamps are in them.
        let hour = (minute / 60).min(i64::try_from(folders.len()).unwrap() - 1);
        let base = start.timestamp() + hour * 3600;
        let before = |(text, at, _): &&Shown| {
            let own = text.strip_prefix('[').map_or(*at, |_| *at);
            let of = (*at - start.timestamp()) / 3600;
            own < time.timestamp() && of <= hour && (of < hour || *at >= base)
        };
        let first = written.expected.iter().take_while(before).count();
        let view = View::default();
        let newer = travel(&mut tree, &view, Place::Time(time), Direction::Newer, usize::MAX);
        prop_assert_eq!(shown(&newer), &written.expected[first..]);
        let mut older = travel(&mut tree, &view, Place::Time(time), Direction::Older, usize::MAX);
        older.reverse();
        prop_assert_eq!(shown(&older), &written.expected[..first]);
    }

    #[test]
    fn a_filter_leaves_out_and_changes_nothing_else(
        folders in folders(),
        split in 1_usize..80,
        rows in 1_usize..30,
        text in prop::sample::select(vec!["a$", "record", "record 1", "nowhere", "continued"]),
        has_level in any::<bool>(),
    ) {
        let written = write(&folders, split);
        let mut tree = tree(written.dir.path());
        let rules = [(text, true), ("11", false)]
            .map(|(text, keeps)| FilterRule::new(LineRegex::new(text, Case::Smart).unwrap(), keeps));
        let least = has_level.then_some(chronologix_schema::Level::Warn);
        let filter = Filter::new(least, rules.into());
        let view = View { streams: None, filter: filter.clone() };
        let folders = written.lines.iter();
        let expected: Vec<Shown> =
            folders.flat_map(|lines| folded(passing(lines, &filter))).collect();
        for direction in [Direction::Newer, Direction::Older] {
            prop_assert_eq!(&whole(&mut tree, &view, direction), &expected);
            prop_assert_eq!(&paged(&mut tree, &view, direction, rows), &expected);
        }
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_holds_nothing_up() {
    use std::os::unix::fs::symlink;

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    let written = write(&[vec![(0, 1, 0, 0); 10]], 100);
    let folder = written.dir.path().join("2025-05-04__10-00");
    mknodat(
        CWD,
        folder.join("pipe.log"),
        FileType::Fifo,
        Mode::RUSR | Mode::WUSR,
        0,
    )
    .unwrap();
    symlink("pipe.log", folder.join("link.log")).unwrap();
    symlink("loop.log", folder.join("loop.log")).unwrap();
    symlink("..", folder.join("up.log")).unwrap();
    fs::create_dir(folder.join("folder.log")).unwrap();
    symlink(".", written.dir.path().join("2025-05-04__11-00")).unwrap();
    symlink(
        "2025-05-04__12-00",
        written.dir.path().join("2025-05-04__12-00"),
    )
    .unwrap();
    let mut tree = tree(written.dir.path());
    let mut cursor = TreeCursor::new(&tree, &View::default(), Place::End, Direction::Older);
    let (mut found, mut troubles) = (0, Vec::new());
    loop {
        match cursor.step(&mut tree, DateTime::UNIX_EPOCH) {
            Step::Records(records) => found += records.len(),
            Step::Pending => {}
            Step::Trouble(trouble) => troubles.push(trouble),
            Step::End => break,
        }
    }
    assert_eq!(found, written.expected.len());
    let names = [
        "link.log",
        "loop.log",
        "pipe.log",
        "up.log",
        "2025-05-04__12-00",
    ];
    for name in names {
        let is_told =
            |trouble: &String| trouble.contains(name) && trouble.contains("cannot be read: ");
        assert!(troubles.iter().any(is_told), "{name}: {troubles:?}");
    }
}

/// What a logger removes when it stops, because nothing was logged to it.
#[test]
fn a_folder_that_is_gone_meanwhile_is_no_trouble() {
    let dir = tempfile::tempdir().unwrap();
    let folder = |hour: &str| dir.path().join(format!("2025-05-04__{hour}-00"));
    for hour in ["13", "14"] {
        fs::create_dir(folder(hour)).unwrap();
        fs::write(folder(hour).join("app.log"), "").unwrap();
    }
    fs::write(folder("13").join("app.log"), "[13:00:00] a\n").unwrap();
    let mut tree = Tree::new(dir.path().to_owned(), 1 << 10, StreamNames::default());
    tree.refresh(Utc::now()).unwrap();
    let view = View::default();
    let cursor = TreeCursor::new(&tree, &view, Place::Beginning, Direction::Newer);
    let mut cursor = cursor.within(Bounds::whole());
    fs::remove_dir_all(folder("14")).unwrap();
    let mut steps = Vec::new();
    loop {
        match cursor.step(&mut tree, Utc::now()) {
            Step::Records(records) => steps.push(records[0].line.text.to_string()),
            Step::Pending => {}
            Step::Trouble(trouble) => steps.push(trouble),
            Step::End => break,
        }
    }
    assert_eq!(steps, ["[13:00:00] a"]);
}

#[cfg(unix)]
#[test]
fn a_file_that_stays_away_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("2025-05-04__13-00");
    fs::create_dir(&folder).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("app.log")).unwrap();
    let mut tree = Tree::new(dir.path().to_owned(), 1 << 10, StreamNames::default());
    tree.refresh(Utc::now()).unwrap();
    let folder = tree.folders()[0];
    let found = open_streams(&mut tree, folder, Utc::now(), None, &Bounds::whole()).unwrap();
    assert_eq!(found.troubles.len(), 1, "{:?}", found.troubles);
}

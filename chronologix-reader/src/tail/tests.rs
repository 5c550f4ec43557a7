//! A real tree, written to like the logger does.

use std::{fs, io::Write as _};

use tempfile::TempDir;

use super::*;

const ONE: &str = "2025-05-04__14-00";
const TWO: &str = "2025-05-04__15-00";
const THREE: &str = "2025-05-04__16-00";

const DESCRIPTION: &str = r#"{
    "format_version": 1, "interval": "1h", "timezone": "UTC", "timestamp_format": "%H:%M:%S",
    "streams": [{"name": "app", "file": "app.log", "format": "text", "mirror": []},
                {"name": "errors", "file": "errors.log", "format": "text", "mirror": ["app"]}]}"#;

struct Case {
    dir: TempDir,
    follower: Follower,
    now: DateTime<Utc>,
    changes: Vec<Change>,
}

impl Case {
    /// An empty tree with a manifest, at 14:30.
    fn new(opening: Opening) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let follower = Follower::new(dir.path().join("logs"), opening, StreamNames::default());
        let case = Self {
            dir,
            follower,
            now: at("14:30"),
            changes: Vec::new(),
        };
        fs::create_dir(case.path("")).unwrap();
        fs::write(case.path(".chronologix.json"), DESCRIPTION).unwrap();
        case
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join("logs").join(path)
    }

    fn prepare(&self, folder: &str) {
        fs::create_dir_all(self.path(folder)).unwrap();
        self.append(folder, "app", "");
        self.append(folder, "errors", "");
    }

    fn append(&self, folder: &str, stream: &str, lines: &str) {
        let path = self.path(folder).join(format!("{stream}.log"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut file = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .unwrap();
        file.write_all(lines.as_bytes()).unwrap();
    }

    /// Scans until there is nothing more, and returns the lines.
    fn lines(&mut self) -> Vec<String> {
        self.changes.clear();
        loop {
            let found = self.follower.scan(self.now);
            self.changes.extend(found.changes);
            if !found.has_more {
                break;
            }
        }
        let lines = self.changes.iter().filter_map(|change| match change {
            Change::Lines(lines) => Some(lines),
            _ => None,
        });
        lines.flatten().map(|line| line.text.to_string()).collect()
    }

    #[track_caller]
    fn check(&mut self, current: Option<&str>, lines: &[&str]) {
        assert_eq!(self.lines(), lines);
        assert_eq!(self.follower.current.map(Folder::name).as_deref(), current);
    }

    fn has(&self, change: &Change) -> bool {
        self.changes.contains(change)
    }
}

fn at(time: &str) -> DateTime<Utc> {
    format!("2025-05-04T{time}:00Z").parse().unwrap()
}

#[test]
fn an_empty_next_folder_is_not_the_current_one() {
    let mut case = Case::new(Opening::Newest);
    case.prepare(ONE);
    case.prepare(TWO);
    case.append(ONE, "app", "[14:00:00] one\n");
    case.check(Some(ONE), &["[14:00:00] one"]);
    case.append(ONE, "errors", "[14:00:01] two\n");
    case.check(Some(ONE), &["[14:00:01] two"]);
    let watched: Vec<PathBuf> = case
        .follower
        .watched()
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    assert_eq!(watched, [case.path(""), case.path(ONE), case.path(TWO)]);
}

#[test]
fn the_first_byte_switches_and_the_old_folder_is_drained() {
    let mut case = Case::new(Opening::Newest);
    case.append(ONE, "app", "[14:00:00] one\n");
    case.prepare(TWO);
    case.check(Some(ONE), &["[14:00:00] one"]);
    // Before its time by our clock: that of the writer is ahead.
    case.append(TWO, "app", "[15:00:00] three\n");
    case.append(ONE, "app", "[14:59:59] two\n");
    case.check(Some(TWO), &["[14:59:59] two", "[15:00:00] three"]);
    case.append(ONE, "errors", "[14:59:58] late\n");
    case.append(TWO, "app", "[15:00:01] four\n");
    case.check(Some(TWO), &["[14:59:58] late", "[15:00:01] four"]);
}

#[test]
fn a_folder_whose_time_has_come_is_current_though_it_is_empty() {
    let mut case = Case::new(Opening::Newest);
    case.append(ONE, "app", "[14:00:00] one\n");
    case.prepare(TWO);
    case.prepare(THREE);
    case.check(Some(ONE), &["[14:00:00] one"]);
    case.now = at("15:00");
    case.check(Some(TWO), &[]);
    assert!(case.has(&Change::Current(Folder::parse(TWO).unwrap())));
    // A clock that is set back changes nothing.
    case.now = at("14:00");
    case.check(Some(TWO), &[]);
}

#[test]
fn a_quiet_folder_opens_with_the_lines_before() {
    let mut case = Case::new(Opening::Newest);
    case.append("2025-05-04__12-00", "app", "[12:00:00] older\n");
    case.append(ONE, "app", "[14:00:00] old\nunfinished");
    case.prepare(TWO);
    case.now = at("15:30");
    case.check(Some(TWO), &["[12:00:00] older", "[14:00:00] old"]);
    assert!(case.has(&Change::Opened(Vec::new())));
    // Closed at the next change, with its unfinished line.
    case.append(THREE, "app", "[16:00:00] new\n");
    case.check(Some(THREE), &["unfinished", "[16:00:00] new"]);
}

#[test]
fn of_a_long_file_only_the_end_is_opened() {
    let mut case = Case::new(Opening::Newest);
    case.append("2025-05-04__13-00", "app", "[13:00:00] not needed\n");
    let line = |second: u32| {
        format!(
            "[14:{:02}:{:02}] {:040}\n",
            second / 60,
            second % 60,
            second
        )
    };
    case.append(
        ONE,
        "app",
        &(0..3_600).map(line).collect::<String>().repeat(2),
    );
    case.append(ONE, "errors", "[14:59:59] error\n");
    let lines = case.lines();
    assert!(lines.len() > 1_000 && lines.len() < 2_000);
    assert_eq!(lines.last().unwrap(), "[14:59:59] error");
    let Some(Change::Opened(cuts)) = case
        .changes
        .iter()
        .find(|change| matches!(change, Change::Opened(_)))
    else {
        panic!("not opened");
    };
    let app = case.follower.tree().streams().clone().id("app");
    assert_eq!(cuts.iter().map(|key| key.stream).collect::<Vec<_>>(), [app]);
}

#[test]
fn a_tree_without_description_goes_by_bytes() {
    let mut case = Case::new(Opening::Newest);
    fs::remove_file(case.path(".chronologix.json")).unwrap();
    // The writer can be in any zone: at 14:30 UTC, its next folder is that of 11:00.
    case.append("2025-05-04__10-00", "all", "[10:00:00] one\n");
    case.prepare("2025-05-04__11-00");
    case.check(Some("2025-05-04__10-00"), &["[10:00:00] one"]);
    case.append("2025-05-04__11-00", "all", "[11:00:00] two\n");
    case.check(Some("2025-05-04__11-00"), &["[11:00:00] two"]);
}

#[test]
fn empty_folders_of_an_unknown_zone_go_by_utc() {
    let mut case = Case::new(Opening::Newest);
    fs::remove_file(case.path(".chronologix.json")).unwrap();
    case.prepare("2025-05-04__13-00");
    case.prepare(ONE);
    case.prepare(TWO);
    case.check(Some(ONE), &[]);
    case.append(TWO, "app", "[15:00:00] one\n");
    case.check(Some(TWO), &["[15:00:00] one"]);
}

#[test]
fn a_missing_tree_is_waited_for() {
    let mut case = Case::new(Opening::Newest);
    fs::remove_dir_all(case.path("")).unwrap();
    case.check(None, &[]);
    assert_eq!(case.changes, [Change::Waiting(Waiting::Missing)]);
    case.check(None, &[]);
    assert!(case.changes.is_empty(), "told once");
    fs::create_dir(case.path("")).unwrap();
    case.check(None, &[]);
    assert_eq!(case.changes, [Change::Waiting(Waiting::Empty)]);
    case.append(ONE, "app", "[14:00:00] one\n");
    case.check(Some(ONE), &["[14:00:00] one"]);
    assert!(case.has(&Change::Current(Folder::parse(ONE).unwrap())));
}

#[test]
fn a_file_in_place_of_the_tree_is_told() {
    let mut case = Case::new(Opening::Newest);
    fs::remove_dir_all(case.path("")).unwrap();
    fs::write(case.dir.path().join("logs"), "").unwrap();
    case.lines();
    assert!(matches!(
        &case.changes[..],
        [Change::Waiting(Waiting::Unreadable(_))]
    ));
}

#[test]
fn a_tree_that_comes_back_is_not_shown_twice() {
    for opening in [Opening::Newest, Opening::Handed] {
        let mut case = Case::new(opening);
        case.append(ONE, "app", "[14:00:00] one\n");
        case.check(Some(ONE), &["[14:00:00] one"]);
        let aside = case.dir.path().join("aside");
        fs::rename(case.path(""), &aside).unwrap();
        case.lines();
        assert!(case.has(&Change::Waiting(Waiting::Missing)));
        fs::rename(&aside, case.path("")).unwrap();
        case.append(ONE, "app", "[14:00:01] two\n");
        case.check(Some(ONE), &["[14:00:01] two"]);
        assert!(case.has(&Change::Current(Folder::parse(ONE).unwrap())));
    }
}

#[test]
fn a_folder_deleted_and_made_again_goes_on() {
    let mut case = Case::new(Opening::Newest);
    case.append(ONE, "app", "[14:00:00] one\n");
    case.append(TWO, "app", "[15:00:00] two\n");
    case.check(Some(TWO), &["[14:00:00] one", "[15:00:00] two"]);
    fs::remove_dir_all(case.path(TWO)).unwrap();
    case.check(Some(ONE), &[]);
    let is_deleted = |change: &Change| matches!(change, Change::Incident(_, _, Incident::Deleted));
    assert!(case.changes.iter().any(is_deleted));
    case.append(TWO, "app", "[15:00:01] three\n");
    case.check(Some(TWO), &["[15:00:01] three"]);
}

#[test]
fn a_file_written_anew_begins_everything_again() {
    let line = "[14:00:00] a line that is long enough to be known again, and more";
    let mut case = Case::new(Opening::Newest);
    case.append(ONE, "app", &format!("{line}\ntwo\n"));
    case.check(Some(ONE), &[line, "two"]);
    fs::write(case.path(ONE).join("app.log"), format!("{line}\nzwei\n")).unwrap();
    case.check(Some(ONE), &[line, "zwei"]);
    assert!(
        case.has(&Change::Opened(Vec::new())),
        "so nothing is on the screen twice"
    );

    // Printed lines cannot be taken back.
    let mut case = Case::new(Opening::Handed);
    case.append(ONE, "app", &format!("{line}\ntwo\n"));
    case.check(Some(ONE), &[line, "two"]);
    fs::write(case.path(ONE).join("app.log"), format!("{line}\nzwei\n")).unwrap();
    case.check(Some(ONE), &[]);
    case.append(ONE, "app", "drei\n");
    case.check(Some(ONE), &["drei"]);
}

#[test]
fn no_line_is_lost_or_doubled_through_many_folders() {
    let mut case = Case::new(Opening::Newest);
    let folder = |hour: usize| format!("2025-05-{:02}__{:02}-00", 4 + hour / 24, hour % 24);
    let mut seen = Vec::new();
    let mut expected = Vec::new();
    for hour in 0..40 {
        case.prepare(&folder(hour));
        case.prepare(&folder(hour + 1));
        for minute in 0..7 {
            let line = format!("[{:02}:{minute:02}:00] {hour}/{minute}", hour % 24);
            let (half, rest) = line.split_at(minute);
            case.append(
                &folder(hour),
                if minute % 3 == 0 { "errors" } else { "app" },
                half,
            );
            if minute % 2 == 0 {
                seen.extend(case.lines());
            }
            let stream = if minute % 3 == 0 { "errors" } else { "app" };
            case.append(&folder(hour), stream, &format!("{rest}\n"));
            expected.push(line);
        }
        // Sometimes the viewer misses several folders.
        if hour % 5 == 0 {
            seen.extend(case.lines());
        }
    }
    seen.extend(case.lines());
    seen.sort();
    expected.sort();
    assert_eq!(seen, expected);
    assert!(case.follower.open.len() <= 2, "old folders are closed");
}

#[test]
fn streams_are_told_as_they_come() {
    let mut case = Case::new(Opening::Newest);
    case.append(ONE, "app", "[14:00:00] one\n");
    case.lines();
    let streams = |case: &Case| {
        case.changes.iter().find_map(|change| match change {
            Change::Streams(streams, manifest) => Some((streams.len(), manifest.is_some())),
            _ => None,
        })
    };
    assert_eq!(streams(&case), Some((2, true)));
    case.append(ONE, "late", "[14:00:01] two\n");
    case.check(Some(ONE), &["[14:00:01] two"]);
    assert_eq!(streams(&case), Some((3, true)));
    case.append(ONE, "late", "[14:00:02] three\n");
    case.check(Some(ONE), &["[14:00:02] three"]);
    assert_eq!(streams(&case), None);
}

#[test]
fn nothing_is_written_to_the_tree() {
    let mut case = Case::new(Opening::Newest);
    case.append(ONE, "app", "[14:00:00] one\n");
    let everything = |case: &Case| {
        let base = fs::read_dir(case.path("")).unwrap();
        let folder = fs::read_dir(case.path(ONE)).unwrap();
        let mut names: Vec<_> = base
            .chain(folder)
            .map(|entry| entry.unwrap().path())
            .collect();
        names.sort();
        names
    };
    let before = everything(&case);
    case.lines();
    assert_eq!(everything(&case), before);
}

fn parsed(names: &[&str]) -> Vec<Folder> {
    names
        .iter()
        .map(|name| Folder::parse(name).unwrap())
        .collect()
}

#[track_caller]
fn check_newest(names: &[&str], started: &str, filled: &[&str], expected: Option<&str>) {
    let started = Folder::parse(started).unwrap();
    let filled = parsed(filled);
    let found = newest_folder(
        &parsed(names),
        |folder| folder <= started,
        |folder| filled.contains(&folder),
    );
    assert_eq!(found.map(Folder::name).as_deref(), expected);
}

#[test]
fn neither_the_last_name_nor_the_clock_alone() {
    let [one, two, three] = [
        "2025-05-04__14-00",
        "2025-05-04__15-00",
        "2025-05-04__16-00",
    ];
    let all = [one, two, three];
    // The next folder is made in advance and is empty.
    check_newest(&all, two, &[one, two], Some(two));
    // A quiet service: its interval has begun, but nothing is in the folder.
    check_newest(&all, two, &[one], Some(two));
    // The writer's clock is ahead of ours.
    check_newest(&all, two, &[one, two, three], Some(three));
    check_newest(&all, "2025-05-04__13-00", &[one], Some(one));
    // Everything is ahead of our clock, and empty.
    check_newest(&all, "2025-05-04__13-00", &[], Some(one));
    check_newest(&[], two, &[], None);
}

#[test]
fn an_unfinished_last_line_is_told_when_it_rests() {
    let mut case = Case::new(Opening::Newest);
    case.append(ONE, "app", "[14:00:00] one\n[14:00:01] tw");
    let unfinished = |case: &mut Case, now: &str| {
        case.now = at(now);
        let lines = case.lines();
        let rests = case.changes.iter().filter_map(|change| match change {
            Change::Unfinished(lines) => Some(lines),
            _ => None,
        });
        let rests = rests
            .flatten()
            .map(|line| (line.key.instant, line.text.to_string()));
        (lines, rests.collect::<Vec<_>>())
    };
    let instant = at("14:00") + chrono::TimeDelta::seconds(1);
    assert_eq!(
        unfinished(&mut case, "14:30"),
        (vec!["[14:00:00] one".into()], vec![])
    );
    let rests = vec![(instant, "[14:00:01] tw".to_owned())];
    assert_eq!(unfinished(&mut case, "14:31"), (vec![], rests));
    case.append(ONE, "app", "o\n");
    assert_eq!(
        unfinished(&mut case, "14:32"),
        (vec!["[14:00:01] two".into()], vec![])
    );
}

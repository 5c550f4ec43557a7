//! Trees that grow between looks, with cursors that are kept between runs.

use std::{
    cell::Cell,
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_schema::layout::FileHeader;

use super::{FollowCursor, FollowIncident, IncidentKind, TreeFollower};
use crate::{LogTree, TreeError};

mod files;
mod late_files;
mod model;
mod one_time;
mod packed_folders;
mod power;
#[cfg(target_os = "linux")]
mod rest;

thread_local! {
    static NOW: Cell<DateTime<Utc>> = const { Cell::new(DateTime::UNIX_EPOCH) };
}

/// A tree that is written by hand, and its follower.
pub(super) struct Tree {
    dir: tempfile::TempDir,
    pub(super) follower: TreeFollower,
}

const FIRST: &str = "2025-05-04__14-00";
const SECOND: &str = "2025-05-04__15-00";

fn now() -> DateTime<Utc> {
    NOW.get()
}

fn manifest(streams: &str) -> String {
    format!(
        r#"{{"format_version": 1, "interval": "1h", "timezone": "UTC",
            "timestamp_format": "%H:%M:%S.%f", "streams": [{streams}]}}"#
    )
}

const STREAMS: &str = r#"
    {"name": "app", "file": "app.log", "format": "text", "mirror": []},
    {"name": "errors", "file": "errors.log", "format": "text", "mirror": ["app"]},
    {"name": "audit", "file": "audit.log", "format": "text", "mirror": []}"#;

impl Tree {
    pub(super) fn new() -> Self {
        Self::of(STREAMS)
    }

    pub(super) fn of(streams: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(".chronologix.json"), manifest(streams)).unwrap();
        NOW.set(Utc::now());
        let follower = follow(dir.path(), FollowCursor::start()).unwrap();
        Self { dir, follower }
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    /// Adds bytes to a file.
    pub(super) fn add(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut options = OpenOptions::new();
        let mut file = options.append(true).create(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// Lets time go by.
    pub(super) fn wait(&mut self, time: TimeDelta) {
        NOW.set(now() + time);
        self.follower.pace.forget_look();
        self.follower.checked = None;
    }

    /// Reads all that is there, as `stream: message`.
    pub(super) fn read(&mut self) -> Vec<String> {
        self.read_by(usize::MAX)
    }

    pub(super) fn read_by(&mut self, most: usize) -> Vec<String> {
        let mut found = Vec::new();
        loop {
            self.follower.pace.forget_look();
            let batch = self.follower.next_batch(most, Duration::ZERO).unwrap();
            if batch.is_empty() {
                return found;
            }
            assert!(batch.len() <= most);
            found.extend(
                batch
                    .iter()
                    .map(|record| format!("{}: {}", record.stream(), record.message())),
            );
        }
    }

    /// Lets the folders before the last be finished.
    pub(super) fn finish(&mut self) {
        for _ in 0..2 {
            self.wait(TimeDelta::minutes(10));
            assert_eq!(self.read(), [""; 0]);
        }
    }

    /// Ends the follower, and goes on with its cursor.
    pub(super) fn restart(&mut self) {
        let kept = serde_json::to_string(&self.follower.cursor()).unwrap();
        let cursor: FollowCursor = serde_json::from_str(&kept).unwrap();
        self.follower = follow(self.dir.path(), cursor).unwrap();
    }

    fn incidents(&mut self) -> Vec<(IncidentKind, Option<u64>)> {
        let happened = self.follower.take_incidents().into_iter();
        happened
            .map(
                |FollowIncident {
                     kind, lost_bytes, ..
                 }| (kind, lost_bytes),
            )
            .collect()
    }
}

fn follow(base: &Path, cursor: FollowCursor) -> Result<TreeFollower, TreeError> {
    LogTree::open(base)?.with_clock(now).follow(cursor)
}

#[test]
fn records_come_once_from_their_own_stream_by_time() {
    let mut tree = Tree::new();
    let app = format!("{FIRST}/app.log");
    tree.add(
        &format!("{FIRST}/errors.log"),
        "[14:00:02.0] [ERROR] e1 n=1\n",
    );
    tree.add(
        &app,
        "[14:00:01.0] a1\n[14:00:02.0] [ERROR] e1 n=1\n[14:00:04.0] a2\n",
    );
    tree.add(&format!("{FIRST}/audit.log"), "[14:00:03.0] u1\n");
    assert_eq!(
        tree.read(),
        ["app: a1", "errors: e1", "audit: u1", "app: a2"]
    );
    assert!(tree.follower.is_caught_up());
    assert_eq!(tree.follower.lag_bytes(), 0);
    tree.add(&format!("{SECOND}/app.log"), "[15:00:01.0] a3\n");
    tree.add(&app, "[14:59:59.0] late\n");
    assert_eq!(tree.read(), ["app: late", "app: a3"]);
    assert_eq!(tree.incidents(), []);
}

#[test]
fn a_copy_that_comes_after_a_restart_is_none_the_less_one() {
    let mut tree = Tree::new();
    tree.add(
        &format!("{FIRST}/errors.log"),
        "[14:00:02.0] e1\n[14:00:02.0] e1\n",
    );
    tree.add(&format!("{FIRST}/app.log"), "");
    assert_eq!(tree.read(), ["errors: e1", "errors: e1"]);
    tree.restart();
    // Two copies, and a line of its own that equals them.
    tree.add(
        &format!("{FIRST}/app.log"),
        "[14:00:02.0] e1\n[14:00:02.0] e1\n[14:00:02.0] e1\n",
    );
    assert_eq!(tree.read(), ["app: e1"]);
    tree.restart();
    assert_eq!(tree.read(), [""; 0]);
}

#[test]
fn many_lines_of_one_time_have_their_copies_however_often_it_starts_again() {
    let mut tree = Tree::new();
    let lines = (0..300).map(|n| format!("[14:00:02.0] e{n}\n"));
    let lines = lines.collect::<Vec<_>>().concat();
    tree.add(&format!("{FIRST}/errors.log"), &lines);
    tree.add(&format!("{FIRST}/app.log"), &lines);
    let mut found = Vec::new();
    loop {
        tree.restart();
        let batch = tree.follower.next_batch(3, Duration::ZERO).unwrap();
        if batch.is_empty() {
            break;
        }
        found.extend(
            batch
                .iter()
                .map(|record| (record.stream().to_owned(), record.message())),
        );
    }
    let expected = (0..300).map(|n| ("errors".to_owned(), format!("e{n}")));
    assert_eq!(found, expected.collect::<Vec<_>>());
}

#[test]
fn copies_of_another_shape_are_told_by_their_stream_or_message() {
    let mut tree = Tree::of(
        r#"
        {"name": "all", "file": "all.json", "format": "json", "mirror": []},
        {"name": "app", "file": "app.log", "format": "text", "mirror": ["all"]},
        {"name": "audit", "file": "audit.jsonl", "format": "json", "mirror": ["plain"]},
        {"name": "plain", "file": "plain.log", "format": "text", "mirror": []}"#,
    );
    let json = |second: u32, stream: &str, message: &str| {
        format!(
            "{{\"timestamp\":\"2025-05-04T14:00:0{second}.000000+00:00\",\"level\":\"INFO\",\"stream\":\"{stream}\",\"message\":\"{message}\",\"n\":1}}\n"
        )
    };
    tree.add(
        &format!("{FIRST}/app.log"),
        "[14:00:01.000000] [INFO] a1 n=1\n",
    );
    tree.add(&format!("{FIRST}/audit.jsonl"), &json(2, "audit", "u1"));
    tree.add(
        &format!("{FIRST}/all.json"),
        &(json(1, "app", "a1") + &json(3, "all", "own")),
    );
    tree.add(
        &format!("{FIRST}/plain.log"),
        "[14:00:02.000000] [INFO] u1 n=1\n[14:00:04.000000] p1\n",
    );
    assert_eq!(
        tree.read(),
        ["app: a1", "audit: u1", "all: own", "plain: p1"]
    );
}

#[test]
fn torn_lines_are_returned_when_they_are_complete() {
    let mut tree = Tree::new();
    let app = format!("{FIRST}/app.log");
    tree.add(&app, "[14:00:01.0] whole\n[14:00:02.0] to");
    assert_eq!(tree.read(), ["app: whole"]);
    tree.restart();
    tree.add(&app, "rn\n");
    assert_eq!(tree.read(), ["app: torn"]);
    // A crash leaves zeros, which the writer ends with a newline.
    tree.add(
        &app,
        "\0\0\0\0\n\0\0[14:00:03.0] next\n[14:00:04.0] unfinished",
    );
    assert_eq!(tree.read(), ["app: next"]);
    // What stays unfinished is a record when its folder is not written any more.
    tree.add(&format!("{SECOND}/app.log"), "[15:00:01.0] a1\n");
    assert_eq!(tree.read(), ["app: a1"]);
    tree.wait(TimeDelta::minutes(3));
    assert_eq!(tree.read(), ["app: unfinished"]);
}

#[test]
fn lines_that_continue_a_record_belong_to_it() {
    let mut tree = Tree::new();
    let app = format!("{FIRST}/app.log");
    tree.add(&app, "[14:00:01.0] one\n\ttwo n=1\n[14:00:02.0] three\n");
    assert_eq!(tree.read(), ["app: one\ntwo"]);
    // The last record may be continued, until the file rests.
    tree.wait(TimeDelta::seconds(1));
    assert_eq!(tree.read(), ["app: three"]);
}

#[test]
fn a_stream_goes_on_in_numbered_files() {
    let mut tree = Tree::new();
    for number in 0..5 {
        let name = match number {
            0 => "app.log".to_owned(),
            number => format!("app.{number}.log"),
        };
        tree.add(
            &format!("{FIRST}/{name}"),
            &format!("[14:00:0{number}.0] a{number}\n"),
        );
        if number == 2 {
            assert_eq!(tree.read(), ["app: a0", "app: a1", "app: a2"]);
            tree.restart();
        }
    }
    assert_eq!(tree.read(), ["app: a3", "app: a4"]);
    tree.restart();
    assert_eq!(tree.read(), [""; 0]);
    assert_eq!(tree.incidents(), []);
}

#[test]
fn lines_that_a_failed_sync_repeats_come_once() {
    let mut tree = Tree::new();
    let lines = "[14:00:02.0] a2\n[14:00:03.0] a3\n";
    tree.add(
        &format!("{FIRST}/app.log"),
        &format!("[14:00:01.0] a1\n{lines}"),
    );
    assert_eq!(tree.read(), ["app: a1", "app: a2", "app: a3"]);
    tree.restart();
    let mark = "[14:00:04.0] [WARN] chronologix: bytes 16 to 48 of app.log are repeated here, its sync failed\n";
    tree.add(
        &format!("{FIRST}/app.1.log"),
        &format!("{mark}{lines}[14:00:05.0] a5\n"),
    );
    assert_eq!(tree.read(), ["app: a5"]);
    // Without others in the folder, the lines are moved instead.
    tree.add(&format!("{FIRST}/app.1.log"), "[14:00:06.0] a6\n");
    assert_eq!(tree.read(), ["app: a6"]);
    let file = OpenOptions::new()
        .write(true)
        .open(tree.path(&format!("{FIRST}/app.1.log")))
        .unwrap();
    let length = file.metadata().unwrap().len();
    tree.add(&format!("{FIRST}/app.2.log"), "[14:00:06.0] a6\n");
    file.set_len(length - 16).unwrap();
    tree.add(&format!("{FIRST}/app.2.log"), "[14:00:07.0] a7\n");
    assert_eq!(tree.read(), ["app: a7"]);
    assert_eq!(tree.incidents(), []);
}

#[test]
fn files_that_are_compressed_meanwhile_go_on_where_they_were() {
    let mut tree = Tree::new();
    let path = format!("{FIRST}/app.log");
    tree.add(&path, "[14:00:01.0] a1\n[14:00:02.0] a2\n");
    assert_eq!(tree.read_by(1).len(), 2);
    tree.restart();
    tree.add(&path, "[14:00:03.0] a3\n");
    let bytes = fs::read(tree.path(&path)).unwrap();
    let packed = zstd::encode_all(&bytes[..], 1).unwrap();
    fs::write(tree.path(&format!("{path}.zst")), packed).unwrap();
    fs::remove_file(tree.path(&path)).unwrap();
    assert_eq!(tree.read(), ["app: a3"]);
    let batch_position = tree.follower.cursor();
    assert_eq!(batch_position.folders[0].streams[0].files[0].offset, 48);
    tree.restart();
    assert_eq!(tree.read(), [""; 0]);
    assert_eq!(tree.incidents(), []);
}

#[test]
fn what_is_deleted_before_it_was_read_is_told() {
    let mut tree = Tree::new();
    tree.add(
        &format!("{FIRST}/app.log"),
        "[14:00:01.0] a1\n[14:00:02.0] a2\n",
    );
    tree.add(&format!("{SECOND}/app.log"), "[15:00:01.0] a3\n");
    let first = tree.follower.next_batch(1, Duration::ZERO).unwrap();
    assert_eq!(first[0].message(), "a1");
    let kept = serde_json::to_string(&tree.follower.cursor()).unwrap();
    fs::remove_dir_all(tree.path(FIRST)).unwrap();
    // What is open can be read to its end.
    assert_eq!(tree.read(), ["app: a2", "app: a3"]);
    assert_eq!(tree.incidents(), []);
    // A later run has nothing open.
    let cursor = serde_json::from_str(&kept).unwrap();
    tree.follower = follow(tree.dir.path(), cursor).unwrap();
    assert_eq!(tree.read(), ["app: a3"]);
    assert_eq!(tree.incidents(), [(IncidentKind::Deleted, Some(16))]);
}

#[test]
fn files_that_are_replaced_or_cut_are_read_from_their_beginning() {
    let mut tree = Tree::new();
    let app = format!("{FIRST}/app.log");
    tree.add(&app, "[14:00:01.0] a1\n");
    assert_eq!(tree.read(), ["app: a1"]);
    tree.add(&app, "[14:00:02.0] a2\n");
    fs::rename(tree.path(&app), tree.path(&format!("{FIRST}/app.log.old"))).unwrap();
    tree.add(&app, "[14:00:03.0] a3\n");
    assert_eq!(tree.read(), ["app: a2", "app: a3"]);
    assert_eq!(tree.incidents(), [(IncidentKind::Replaced, Some(0))]);
    tree.add(&app, "[14:00:04.0] a4\n");
    assert_eq!(tree.read(), ["app: a4"]);
    File::create(tree.path(&app)).unwrap();
    tree.add(&app, "[14:00:05.0] a5\n");
    assert_eq!(tree.read(), ["app: a5"]);
    assert_eq!(tree.incidents(), [(IncidentKind::Truncated, Some(0))]);
    tree.restart();
    fs::remove_file(tree.path(&app)).unwrap();
    tree.add(&app, "[14:00:06.0] another file with more bytes\n");
    assert_eq!(tree.read(), ["app: another file with more bytes"]);
    assert_eq!(tree.incidents(), [(IncidentKind::Replaced, Some(0))]);
}

#[test]
fn folders_may_come_late_and_grow_again() {
    let mut tree = Tree::new();
    tree.add(&format!("{SECOND}/app.log"), "[15:00:01.0] a2\n");
    assert_eq!(tree.read(), ["app: a2"]);
    tree.restart();
    tree.add(&format!("{FIRST}/app.log"), "[14:00:01.0] a1\n");
    assert_eq!(tree.read(), ["app: a1"]);
    tree.wait(TimeDelta::minutes(3));
    assert_eq!(tree.read(), [""; 0]);
    tree.wait(TimeDelta::seconds(6));
    assert_eq!(tree.read(), [""; 0]);
    let cursor = tree.follower.cursor();
    assert!(cursor.folders[0].is_finished && !cursor.folders[1].is_finished);
    tree.restart();
    // A clock was set back.
    tree.add(&format!("{FIRST}/app.log"), "[14:00:02.0] a3\n");
    tree.wait(TimeDelta::seconds(6));
    assert_eq!(tree.read(), ["app: a3"]);
    assert_eq!(tree.incidents(), []);
}

#[test]
fn a_cursor_at_the_end_skips_what_is_there() {
    let mut tree = Tree::new();
    tree.add(&format!("{FIRST}/app.log"), "[14:00:01.0] a1\n");
    tree.follower = follow(tree.dir.path(), FollowCursor::end()).unwrap();
    assert_eq!(tree.read(), [""; 0]);
    tree.add(&format!("{FIRST}/app.log"), "[14:00:02.0] a2\n");
    assert_eq!(tree.read(), ["app: a2"]);
    // The copies of the last two records are not written yet.
    let errors = "[14:00:03.0] e3\n[14:00:04.0] e4\n[14:00:05.0] e5\n";
    tree.add(&format!("{FIRST}/errors.log"), errors);
    tree.add(&format!("{FIRST}/app.log"), &errors[..16]);
    tree.follower = follow(tree.dir.path(), FollowCursor::end()).unwrap();
    tree.restart();
    tree.add(&format!("{FIRST}/app.log"), &errors[16..]);
    tree.add(&format!("{FIRST}/app.log"), "[14:00:06.0] a6\n");
    assert_eq!(tree.read(), ["app: a6"]);
}

#[test]
fn a_cursor_of_another_tree_is_refused() {
    let (mut one, other) = (Tree::new(), Tree::new());
    let error = follow(other.dir.path(), one.follower.cursor()).unwrap_err();
    assert!(error.is_other_tree(), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("the cursor was kept of another tree, at "),
        "{text}"
    );
    let newer = FollowCursor {
        version: 2,
        ..FollowCursor::start()
    };
    let error = follow(one.dir.path(), newer).unwrap_err().to_string();
    assert!(error.contains("format 2"), "{error}");
    let file = one.path("single.txt");
    fs::write(&file, "x\n").unwrap();
    let error = follow(&file, FollowCursor::start())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("name the base folder of a log tree"),
        "{error}"
    );
}

#[test]
fn headers_of_files_are_no_records() {
    let mut tree = Tree::new();
    let app = format!("{FIRST}/app.log");
    let header = |file: &str| {
        let header = FileHeader {
            stream: "app".to_owned(),
            folder: FIRST.to_owned(),
            file: file.to_owned(),
            run: "1".to_owned(),
        };
        format!("{header}\n")
    };
    let whole = header("app.log");
    tree.add(&app, &whole[..20]);
    assert_eq!(tree.read(), [""; 0]);
    tree.add(&app, &whole[20..]);
    assert_eq!(tree.read(), [""; 0]);
    tree.restart();
    tree.add(&app, "[14:00:02.0] a2\n");
    assert_eq!(tree.read(), ["app: a2"]);
    let begin = whole.len();
    let mark = format!(
        "[14:00:04.0] [WARN] chronologix: bytes {begin} to {} of app.log are repeated here, its sync failed\n",
        begin + 16
    );
    tree.add(&format!("{FIRST}/app.1.log"), &header("app.1.log"));
    assert_eq!(tree.read(), [""; 0]);
    tree.restart();
    tree.add(
        &format!("{FIRST}/app.1.log"),
        &format!("{mark}[14:00:02.0] a2\n[14:00:05.0] a5\n"),
    );
    assert_eq!(tree.read(), ["app: a5"]);
}

#[cfg(unix)]
#[test]
fn copies_wait_for_originals_that_cannot_be_read() {
    let mut tree = Tree::new();
    // Something else has the name of the file.
    fs::create_dir_all(tree.path(&format!("{FIRST}/errors.log"))).unwrap();
    std::os::unix::fs::symlink(".", tree.path(&format!("{FIRST}/errors.1.log"))).unwrap();
    tree.add(&format!("{FIRST}/app.log"), "[14:00:01.0] e1\n");
    assert_eq!(tree.read(), [""; 0]);
    let [(IncidentKind::Unreadable(_), None)] = &tree.incidents()[..] else {
        panic!("it is an incident once");
    };
    fs::remove_file(tree.path(&format!("{FIRST}/errors.1.log"))).unwrap();
    fs::remove_dir(tree.path(&format!("{FIRST}/errors.log"))).unwrap();
    tree.add(&format!("{FIRST}/errors.log"), "[14:00:01.0] e1\n");
    assert_eq!(tree.read(), ["errors: e1"]);
}

#[test]
fn what_was_read_to_its_end_is_not_unpacked() {
    let mut tree = Tree::new();
    let app = format!("{FIRST}/app.log");
    tree.add(&app, "[14:00:01.0] a1\n");
    assert_eq!(tree.read(), ["app: a1"]);
    fs::remove_file(tree.path(&app)).unwrap();
    tree.add(&format!("{app}.zst"), "(\u{b5}/\u{fd}, which is no zstd");
    assert_eq!(tree.read(), [""; 0]);
    assert_eq!(tree.incidents(), []);
    assert!(tree.follower.is_caught_up());
}

#[test]
fn two_hours_of_one_name_are_one_folder() {
    let mut tree = Tree::new();
    let folder = "2025-10-26__02-00";
    let zone = manifest(STREAMS).replace("\"UTC\"", "\"Europe/Prague\"");
    fs::write(tree.path(".chronologix.json"), zone).unwrap();
    tree.add(&format!("{folder}/errors.log"), "[02:50:00.0] e1\n");
    tree.add(
        &format!("{folder}/app.log"),
        "[02:50:00.0] e1\n[02:59:00.0] a1\n",
    );
    assert_eq!(tree.read(), ["errors: e1", "app: a1"]);
    tree.restart();
    // An hour later by the clocks of the world.
    tree.add(
        &format!("{folder}/errors.log"),
        "[02:10:00.0] e2\n[02:50:00.0] e1\n",
    );
    tree.add(
        &format!("{folder}/app.log"),
        "[02:05:00.0] a2\n[02:10:00.0] e2\n[02:50:00.0] e1\n[02:55:00.0] a3\n",
    );
    let mut found = tree.read();
    let errors: Vec<String> = found
        .extract_if(.., |it| it.starts_with("errors"))
        .collect();
    assert_eq!(errors, ["errors: e2", "errors: e1"]);
    assert_eq!(found, ["app: a2", "app: a3"]);
}

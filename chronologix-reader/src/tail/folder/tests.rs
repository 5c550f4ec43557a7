//! The numbered files of a stream.

use std::fs;

use super::*;
use crate::{
    streams::StreamNames,
    tests::{compressed, packed},
};

struct Case {
    dir: tempfile::TempDir,
    tree: Tree,
    open: OpenFolder,
}

impl Case {
    fn new(files: &[(&str, &str)], start: Start) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut tree = Tree::new(dir.path().to_owned(), 100, StreamNames::default());
        let folder = Folder::parse("2025-05-04").unwrap();
        fs::create_dir(dir.path().join("2025-05-04")).unwrap();
        tree.refresh(DateTime::UNIX_EPOCH).unwrap();
        let open = OpenFolder::new(folder, &tree, start);
        let mut case = Self { dir, tree, open };
        for (name, content) in files {
            case.write(name, content);
        }
        case.open.refresh(&mut case.tree, DateTime::UNIX_EPOCH);
        case
    }

    fn write(&mut self, name: &str, content: &str) {
        fs::write(self.dir.path().join("2025-05-04").join(name), content).unwrap();
    }

    #[track_caller]
    fn check(&mut self, expected: &[&str]) {
        self.open.refresh(&mut self.tree, DateTime::UNIX_EPOCH);
        let mut lines = Vec::new();
        loop {
            let scanned = self.open.scan(&self.tree, DateTime::UNIX_EPOCH, &mut 0);
            lines.extend(scanned.lines);
            if !scanned.has_more {
                break;
            }
        }
        assert!(lines.is_sorted_by_key(|line| line.key));
        assert_eq!(
            lines.iter().map(|line| &*line.text).collect::<Vec<_>>(),
            expected
        );
    }
}

#[test]
fn numbered_files_go_on_from_each_other() {
    let files = [
        ("a.10.log", "11\n"),
        ("a.2.log", "3\n"),
        ("a.1.log", "2\n"),
        ("a.log", "1\n"),
    ];
    let mut case = Case::new(&files, Start::Beginning);
    case.check(&["1", "2", "3", "11"]);
    case.write("a.10.log", "11\n12\n");
    case.write("a.11.log", "13\n");
    case.check(&["12", "13"]);
}

#[test]
fn closed_files_are_not_opened_again() {
    let files = [("a.log", "1\n"), ("a.1.log", "2\n"), ("a.2.log", "3\n")];
    let mut case = Case::new(&files, Start::Beginning);
    case.check(&["1", "2", "3"]);
    case.write("a.log", "1\n1b\n");
    case.check(&[]);
}

#[test]
fn only_the_last_files_are_read_at_the_start() {
    let files = [
        ("a.log", "1\n"),
        ("a.1.log", "2\n"),
        ("a.2.log", "3\n"),
        ("b.log", "1\n"),
    ];
    let mut case = Case::new(&files, Start::Last(100));
    case.check(&["2", "3", "1"]);
    assert_eq!(case.open.cuts().collect::<Vec<_>>(), [StreamId(0)]);
}

#[test]
fn after_a_cut_the_first_whole_record_comes_first() {
    let content = "[10:00:00] one\n\tof it\n[10:00:01] two\n\tof it\n";
    let mut case = Case::new(&[("a.log", content)], Start::Last(30));
    case.check(&["[10:00:01] two", "\tof it"]);
    // Later files are read from the beginning.
    case.write("b.log", "\trest\n[10:00:00] one\n");
    case.check(&["\trest", "[10:00:00] one"]);
}

#[test]
fn an_unfinished_line_is_given_when_the_folder_is_closed() {
    let mut case = Case::new(&[("a.log", "1\n2"), ("b.log", "3")], Start::Beginning);
    case.check(&["1"]);
    let rest = case.open.finish(&case.tree);
    assert_eq!(
        rest.iter().map(|line| &*line.text).collect::<Vec<_>>(),
        ["2", "3"]
    );
    assert!(case.open.finish(&case.tree).is_empty());
}

#[test]
fn a_header_is_no_line() {
    let header = "# chronologix/1 stream=a folder=2025-05-04 file=a.log run=1\n";
    for start in [
        Start::Beginning,
        Start::Last(3),
        Start::Last(10),
        Start::Last(100),
    ] {
        let begun = format!("{header}1\n2\n");
        let mut case = Case::new(&[("a.log", &*begun)], start);
        let first: &[&str] = match start {
            Start::Last(3) => &["2"],
            _ => &["1", "2"],
        };
        case.check(first);
        case.write("a.log", &format!("{begun}3\n"));
        case.check(&["3"]);
        // A numbered file has its own.
        case.write("a.1.log", &format!("{header}4\n"));
        case.check(&["4"]);
    }
    // The writer makes it step by step.
    let mut case = Case::new(&[("a.log", "")], Start::Beginning);
    for written in ["", &header[..20], header] {
        case.write("a.log", written);
        case.check(&[]);
    }
    case.write("a.log", &format!("{header}1\n"));
    case.check(&["1"]);
}

#[test]
fn lines_that_a_failed_sync_repeats_are_read_once() {
    let mark = "[2] [WARN] chronologix: bytes 2 to 6 of a.log are repeated here, its sync failed\n";
    for start in [Start::Beginning, Start::Last(3), Start::Last(100)] {
        let new = format!("{mark}2\n3\n");
        let files = [("a.log", "1\n2\n3\n4\n"), ("a.1.log", &*new)];
        let mut case = Case::new(&files, start);
        let first: &[&str] = match start {
            Start::Last(3) => &["4"],
            _ => &["1", "2", "3", "4"],
        };
        case.check(first);
        case.write("a.1.log", &format!("{new}5\n"));
        case.check(&["5"]);
    }
    // The writer makes the new file step by step.
    let mut case = Case::new(&[("a.log", "1\n2\n3\n")], Start::Beginning);
    case.check(&["1", "2", "3"]);
    for written in ["", mark, &format!("{mark}2\n"), &format!("{mark}2\n3\n")] {
        case.write("a.1.log", written);
        case.check(&[]);
    }
    case.write("a.1.log", &format!("{mark}2\n3\n4\n"));
    case.check(&["4"]);
    // Another logger continues it after the writer has ended.
    let mut case = Case::new(&[("a.log", "1\n2\n3\n")], Start::Beginning);
    case.write("a.1.log", &format!("{mark}2\n"));
    case.check(&["1", "2", "3"]);
    case.write("a.1.log", &format!("{mark}2\n7\n"));
    case.check(&["7"]);
}

#[test]
fn late_lines_beside_an_archive_come_behind_those_in_it() {
    for has_read in [true, false] {
        let mut case = Case::new(&[("app.log", "one\ntwo\n")], Start::Beginning);
        if has_read {
            case.check(&["one", "two"]);
        }
        let archive = packed("2025-05-04", &[("app.log", "one\ntwo\n")]);
        fs::write(case.dir.path().join("2025-05-04.tar.zst"), archive).unwrap();
        case.write("app.log", "late\n");
        case.tree.refresh(DateTime::UNIX_EPOCH).unwrap();
        let all = ["one", "two", "late"];
        case.check(if has_read { &all[2..] } else { &all });
        case.write("app.log", "late\nlater\n");
        case.check(&["later"]);
    }
}

#[test]
fn late_lines_beside_a_compressed_file_come_behind_those_in_it() {
    for has_read in [true, false] {
        let files = [("app.log", "one\n"), ("app.1.log", "two\n")];
        let mut case = Case::new(&files, Start::Beginning);
        if has_read {
            case.check(&["one", "two"]);
        }
        let folder = case.dir.path().join("2025-05-04");
        for (name, text) in files {
            fs::write(folder.join(format!("{name}.zst")), compressed(text)).unwrap();
            if has_read {
                case.check(&[]);
            }
            fs::remove_file(folder.join(name)).unwrap();
        }
        case.write("app.log", "late\n");
        let all = ["one", "two", "late"];
        case.check(if has_read { &all[2..] } else { &all });
        case.write("app.log", "late\nlater\n");
        case.check(&["later"]);
        case.write("app.1.log", "last\n");
        case.check(&["last"]);
    }
}

//! A whole tree against a simple reference.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use chrono::Utc;

use super::*;
use crate::{
    query::{Case, FilterRule, LineRegex},
    tail::Incident,
    tests::folder_of,
};

mod beginnings;
mod dates;
mod mirrors;
mod options;
mod sources;

pub(super) const DESCRIPTION: &str = r#"{
    "format_version": 1, "interval": "1h", "timezone": "UTC", "timestamp_format": "%H:%M:%S",
    "streams": [{"name": "app", "file": "app.log", "format": "text", "mirror": []},
                {"name": "errors", "file": "errors.log", "format": "text", "mirror": ["app"]},
                {"name": "audit", "file": "audit.log", "format": "json", "mirror": []}]}"#;

/// Returns the output, the remarks and the result.
pub(super) fn run(base: &Path, options: &Options) -> (String, String, Result<(), OutputError>) {
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let result = print(
        base.to_owned().into(),
        options,
        Utc::now,
        &mut out,
        &mut notes,
    );
    (
        String::from_utf8(out).unwrap(),
        String::from_utf8(notes).unwrap(),
        result,
    )
}

/// Returns the output for a tree or files without trouble.
pub(super) fn printed(root: Root, options: &Options) -> String {
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    print(root, options, Utc::now, &mut out, &mut notes).unwrap();
    assert_eq!(String::from_utf8(notes).unwrap(), "");
    String::from_utf8(out).unwrap()
}

fn shaped(shape: Shape) -> Options {
    Options {
        shape,
        ..Options::default()
    }
}

#[track_caller]
fn check(files: &[(&str, &str)], expected: &str) {
    let dir = folder_of(files);
    let (out, notes, result) = run(dir.path(), &Options::default());
    assert_eq!(out, expected);
    assert_eq!(notes, "");
    result.unwrap();
}

#[test]
fn folders_in_order_and_streams_by_time() {
    check(
        &[
            (".chronologix.json", DESCRIPTION),
            (
                "2025-05-04__14-00/app.log",
                "[14:00:00] a1\n[14:00:02] a2\n[14:59:59] a3\n",
            ),
            ("2025-05-04__14-00/errors.log", "[14:00:01] e1\n"),
            ("2025-05-04__15-00/app.log", "[15:00:00] a4\n"),
            ("2025-05-04__16-00/app.log", ""),
            ("2025-05-03__23-00/app.log", "[23:00:00] a0\n"),
            ("notes/app.log", "[14:00:00] not of the tree\n"),
        ],
        "[23:00:00] a0\n[14:00:00] a1\n[14:00:01] e1\n[14:00:02] a2\n[14:59:59] a3\n[15:00:00] a4\n",
    );
}

#[test]
fn a_tree_of_the_python_original() {
    check(
        &[
            (
                "2025-05-04/all.log",
                "[01:00:00] one\n[01:00:00] bad\nTraceback\n  deep\n[01:00:02] x\n",
            ),
            (
                "2025-05-04/errors.log",
                "[01:00:00] bad\nTraceback\n  deep\n",
            ),
            ("2025-05-05/all.log", "[00:30:00] next day\n"),
        ],
        "[01:00:00] one\n[01:00:00] bad\nTraceback\n  deep\n[01:00:00] bad\nTraceback\n  deep\n\
         [01:00:02] x\n[00:30:00] next day\n",
    );
}

#[test]
fn mirrors_are_folded_only_where_a_description_names_them() {
    let line = "[14:00:00] GET /health 200\n";
    let described = [
        ("2025-05-04__14-00/app.log", line),
        ("2025-05-04__14-00/errors.log", line),
        ("2025-05-04__14-00/audit.log", line),
        (".chronologix.json", DESCRIPTION),
    ];
    check(&described[..3], &line.repeat(3));
    check(&described, &line.repeat(2));
    // Single files of a described tree are shown as they are, too.
    let dir = folder_of(&described);
    let folder = dir.path().join("2025-05-04__14-00");
    let files = ["app.log", "errors.log"].map(|name| folder.join(name));
    let names = shaped(Shape::NamedLines);
    let line = line.trim_end();
    assert_eq!(
        printed(Root::of_files(&files).unwrap(), &names),
        format!("2025-05-04__14-00/app:{line}\n2025-05-04__14-00/errors:{line}\n")
    );
}

#[test]
fn equal_lines_of_single_files_are_all_printed() {
    let line = "2025-05-04T14:00:00Z GET /health 200\n";
    let dir = folder_of(&[("a.log", line), ("b.log", line), ("c.log", &line.repeat(2))]);
    let files = ["a.log", "b.log", "c.log"].map(|name| dir.path().join(name));
    let root = Root::of_files(&files).unwrap();
    assert_eq!(printed(root.clone(), &Options::default()), line.repeat(4));
    let table = printed(root, &shaped(Shape::Stats(StatsShape::Table)));
    assert!(table.contains("\nall           4 "), "{table}");
}

#[test]
fn thousands_of_streams_keep_their_names() {
    let files: Vec<(String, String)> = (0..2_000)
        .map(|number| {
            let path = format!("2025-05-04__14-00/s{number:04}.log");
            (path, format!("[14:00:00] line {number}\n"))
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let dir = folder_of(&files);
    let root = || dir.path().to_owned().into();
    let named = printed(root(), &shaped(Shape::NamedLines));
    assert_eq!(named.lines().count(), 2_000);
    assert!(named.contains("\n2025-05-04__14-00/s0065:[14:00:00] line 65\n"));
    assert!(named.ends_with("\n2025-05-04__14-00/s1999:[14:00:00] line 1999\n"));
    let table = printed(root(), &shaped(Shape::Stats(StatsShape::Table)));
    assert_eq!(table.lines().count(), 2_002);
    assert!(table.contains("\ns1999         1 "), "{table}");
}

#[test]
fn json_lines_stay_json_and_are_merged_by_their_time() {
    let json = r#"{"timestamp":"2025-05-04T14:00:01Z","message":"j"}"#;
    check(
        &[
            (".chronologix.json", DESCRIPTION),
            ("2025-05-04__14-00/app.log", "[14:00:00] a\n[14:00:02] b\n"),
            ("2025-05-04__14-00/audit.log", &format!("{json}\n")),
        ],
        &format!("[14:00:00] a\n{json}\n[14:00:02] b\n"),
    );
}

#[test]
fn an_unfinished_last_line_is_printed() {
    check(
        &[
            ("2025-05-04/a.log", "[01:00:00] one\ntorn"),
            ("2025-05-05/a.log", "[01:00:00] two"),
        ],
        "[01:00:00] one\ntorn\n[01:00:00] two\n",
    );
}

#[test]
fn control_characters_do_not_get_through() {
    check(
        &[(
            "2025-05-04/a.log",
            "[01:00:00] \u{1b}[2J\u{202e}tab\there\r\n",
        )],
        "[01:00:00] ␛[2J‹202E›tab\there\n",
    );
}

#[test]
fn with_names() {
    let dir = folder_of(&[
        (".chronologix.json", DESCRIPTION),
        ("2025-05-04__14-00/app.log", "[14:00:00] a\n[14:00:01] e\n"),
        ("2025-05-04__14-00/errors.log", "[14:00:01] e\n"),
    ]);
    let (out, ..) = run(dir.path(), &shaped(Shape::NamedLines));
    assert_eq!(
        out,
        "2025-05-04__14-00/app:[14:00:00] a\n2025-05-04__14-00/errors→app:[14:00:01] e\n"
    );
}

/// Many lines, read in many blocks, against a sort of all lines.
#[test]
fn equals_a_reference_merge_of_a_large_tree() {
    let mut files = Vec::new();
    let mut reference = String::new();
    let mut random = 7_u64;
    let mut next = |below: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).unwrap() % below
    };
    for hour in 10..13 {
        // Time, stream, position, line. A copy has its position in app, and is in errors as well.
        let mut records = Vec::new();
        let mut contents = [String::new(), String::new(), String::new()];
        let mut second = 0;
        for number in 0..9_000 {
            second = (second + next(3)).min(3_599);
            let stamp = format!("{hour}:{:02}:{:02}", second / 60, second % 60);
            let line = format!("[{stamp}] {number} {:width$}\n", "", width = next(60));
            let stream = next(3);
            contents[stream].push_str(&line);
            let shown = if stream == 1 {
                contents[0].push_str(&line);
                0
            } else {
                stream
            };
            records.push((second, shown, number, line));
        }
        records.sort();
        reference.extend(records.into_iter().map(|(.., line)| line));
        for (name, content) in ["app", "errors", "audit"].iter().zip(contents) {
            files.push((format!("2025-05-04__{hour}-00/{name}.log"), content));
        }
    }
    let mut all = vec![(".chronologix.json", DESCRIPTION)];
    all.extend(
        files
            .iter()
            .map(|(path, content)| (path.as_str(), content.as_str())),
    );
    let dir = folder_of(&all);
    let (out, ..) = run(dir.path(), &Options::default());
    assert!(out == reference, "the merged lines differ");
}

#[test]
fn what_is_no_tree_is_an_error() {
    let dir = folder_of(&[]);
    let (out, _, result) = run(dir.path(), &Options::default());
    assert!(matches!(result, Err(OutputError::Nothing(Waiting::Empty))) && out.is_empty());
    let (.., result) = run(&dir.path().join("missing"), &Options::default());
    assert!(matches!(
        result,
        Err(OutputError::Nothing(Waiting::Missing))
    ));
}

#[test]
fn a_stream_that_cannot_be_read_is_told_and_the_rest_printed() {
    let dir = folder_of(&[("2025-05-04/a.log", "[01:00:00] a\n")]);
    fs::create_dir(dir.path().join("2025-05-04/link")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("link", dir.path().join("2025-05-04/b.log")).unwrap();
        let (out, notes, result) = run(dir.path(), &Options::default());
        assert_eq!(out, "[01:00:00] a\n");
        let expected =
            "chronologix-view: 2025-05-04/b.log cannot be read: it is not a regular file\n";
        assert_eq!(notes, expected);
        assert!(matches!(result, Err(OutputError::Incomplete)));
    }
}

/// A pipe that is closed after this many bytes.
struct Pipe(usize);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 {
            Err(io::ErrorKind::BrokenPipe.into())
        } else {
            Ok(taken)
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let dir = folder_of(&[("2025-05-04/a.log", &"[01:00:00] a\n".repeat(100))]);
    let mut notes = Vec::new();
    let options = Options::default();
    let result = print(
        dir.path().to_owned().into(),
        &options,
        Utc::now,
        &mut Pipe(50),
        &mut notes,
    );
    assert!(matches!(result, Err(OutputError::Closed)) && notes.is_empty());
}

/// Writes to the tree whenever a line was printed, until the pipe is closed.
struct Reader {
    seen: Vec<u8>,
    base: PathBuf,
    steps: Vec<(&'static str, &'static str)>,
}

impl Write for Reader {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.seen.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let Some((path, text)) = self.steps.pop() else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let path = self.base.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut file = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .unwrap();
        file.write_all(text.as_bytes())
    }
}

#[test]
fn following_goes_on_where_printing_ended_and_into_new_folders() {
    let dir = folder_of(&[
        (".chronologix.json", DESCRIPTION),
        ("2025-05-04__13-00/app.log", "[13:00:00] a\n"),
        ("2025-05-04__14-00/app.log", "[14:00:00] b\nunfin"),
        ("2025-05-04__14-00/errors.log", "[14:00:00] b\n"),
        ("2025-05-04__15-00/app.log", ""),
    ]);
    let steps = vec![
        ("2025-05-04__16-00/app.log", "[16:00:00] e\n"),
        ("2025-05-04__15-00/app.log", "[15:00:00] d\n"),
        ("2025-05-04__14-00/errors.log", "[14:00:09] c\n"),
        ("2025-05-04__14-00/app.log", "ished\n[14:00:09] c\n"),
    ];
    let mut reader = Reader {
        seen: Vec::new(),
        base: dir.path().to_owned(),
        steps,
    };
    let options = Options {
        follow: true,
        ..Options::default()
    };
    let result = print(
        dir.path().to_owned().into(),
        &options,
        Utc::now,
        &mut reader,
        &mut Vec::new(),
    );
    assert!(matches!(result, Err(OutputError::Closed)));
    let seen = String::from_utf8(reader.seen).unwrap();
    assert_eq!(
        seen,
        "[13:00:00] a\n[14:00:00] b\nunfinished\n[14:00:09] c\n[15:00:00] d\n[16:00:00] e\n"
    );
}

#[test]
fn what_happens_to_a_file_is_said() {
    let text = Incident::Unreadable("permission denied".into()).to_string();
    assert_eq!(text, "cannot be read: permission denied");
}

#[test]
fn following_begins_where_it_is_asked_to() {
    let dir = folder_of(&[
        (".chronologix.json", DESCRIPTION),
        ("2025-05-04__13-00/app.log", "[13:00:00] a\n"),
        (
            "2025-05-04__14-00/app.log",
            "[14:00:00] b\n[14:00:01] c\n[14:00:02] e\n",
        ),
    ]);
    let steps = vec![
        ("2025-05-04__15-00/app.log", "[15:00:00] c\n[15:00:01] d\n"),
        // The copy of a line that has been printed.
        ("2025-05-04__14-00/errors.log", "[14:00:02] e\n"),
    ];
    let mut reader = Reader {
        seen: Vec::new(),
        base: dir.path().to_owned(),
        steps,
    };
    let options = Options {
        follow: true,
        last: Some(2),
        filter: Filter::new(
            None,
            vec![FilterRule::new(
                LineRegex::new("c$", Case::Sensitive).unwrap(),
                false,
            )],
        ),
        ..Options::default()
    };
    let result = print(
        dir.path().to_owned().into(),
        &options,
        Utc::now,
        &mut reader,
        &mut Vec::new(),
    );
    assert!(matches!(result, Err(OutputError::Closed)));
    let seen = String::from_utf8(reader.seen).unwrap();
    assert_eq!(seen, "[14:00:00] b\n[14:00:02] e\n[15:00:01] d\n");
}

/// An output with a bound on its bytes: following ends there.
struct Limited(Vec<u8>, usize);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        if self.0.len() < self.1 {
            return Ok(bytes.len());
        }
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_followed_line_that_a_crash_left_unfinished_is_printed() {
    let path = "2025-05-04__14-00/app.log";
    let dir = folder_of(&[
        (".chronologix.json", DESCRIPTION),
        (path, "[14:00:00] half"),
    ]);
    let file = fs::File::options().append(true).open(dir.path().join(path));
    file.unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    let options = Options {
        follow: true,
        ..Options::default()
    };
    let mut out = Limited(Vec::new(), "[14:00:00] half".len());
    let root = dir.path().to_owned().into();
    let result = print(root, &options, Utc::now, &mut out, &mut Vec::new());
    assert!(matches!(result, Err(OutputError::Closed)), "{result:?}");
    assert_eq!(String::from_utf8(out.0).unwrap(), "[14:00:00] half");
}

#[cfg(unix)]
#[test]
fn following_a_pipe_ends_with_its_last_line() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    for (text, expected) in [
        ("2025-05-04T14:00:00Z a\n", Some("2025-05-04T14:00:00Z a\n")),
        (
            "2025-05-04T14:00:00Z a\n  more",
            Some("2025-05-04T14:00:00Z a\n  more\n"),
        ),
        ("half", Some("half\n")),
        ("", None),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pipe.log");
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let root = Root::of_files(std::slice::from_ref(&path)).unwrap();
        let writer = std::thread::spawn(move || fs::write(&path, text));
        let options = Options {
            follow: true,
            ..Options::default()
        };
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let result = print(root, &options, Utc::now, &mut out, &mut notes);
        writer.join().unwrap().unwrap();
        assert_eq!(String::from_utf8(notes).unwrap(), "");
        assert_eq!(
            String::from_utf8(out).unwrap(),
            expected.unwrap_or_default()
        );
        let is_right = match expected {
            Some(_) => result.is_ok(),
            None => matches!(result, Err(OutputError::NoMatch)),
        };
        assert!(is_right, "{result:?}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_printed_as_they_stand_and_found_as_text() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("latin.log");
    fs::write(&path, b"one caf\xe9\ntwo tea\n").unwrap();
    let root = Root::of_files(&[path]).unwrap();
    let pattern = |text| LineRegex::new(text, Case::Smart).unwrap();
    for text in ["café", "(?-u)caf\\xe9", "caf"] {
        let mut options = Options::default();
        let rule = FilterRule::new(pattern(text), true);
        options.filter = Filter::new(None, vec![rule]);
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        print(root.clone(), &options, Utc::now, &mut out, &mut notes).unwrap();
        assert_eq!(out, b"one caf\xe9\n", "{text}");
    }
}

#[test]
fn following_ends_after_as_many_records_as_wanted() {
    let dir = folder_of(&[
        (".chronologix.json", DESCRIPTION),
        ("2025-05-04__14-00/app.log", "[14:00:00] a\n"),
    ]);
    let mut reader = Reader {
        seen: Vec::new(),
        base: dir.path().to_owned(),
        // The last one first.
        steps: vec![(
            "2025-05-04__14-00/app.log",
            "[14:00:01] b\n[14:00:02] c\n[14:00:03] d\n",
        )],
    };
    let options = Options {
        follow: true,
        first: Some(3),
        ..Options::default()
    };
    let root = dir.path().to_owned().into();
    let result = print(root, &options, Utc::now, &mut reader, &mut Vec::new());
    assert!(result.is_ok(), "{result:?}");
    let seen = String::from_utf8(reader.seen).unwrap();
    assert_eq!(seen, "[14:00:00] a\n[14:00:01] b\n[14:00:02] c\n");
}

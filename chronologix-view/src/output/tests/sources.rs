//! Files and trees that are given together.

use super::*;

/// Returns what files print that were modified at these times, by their names without suffix.
fn merged(options: &Options) -> String {
    let dir = folder_of(&[
        (
            "app.log",
            "2025-05-01T10:00:00Z a1\n2025-05-03T10:00:00Z a2\n2025-05-05T10:00:00Z a3\n",
        ),
        (
            "error.log",
            "2025-05-02T10:00:00Z e1\n2025-05-03T11:00:00Z e2\n",
        ),
    ]);
    let path = |name: &str| dir.path().join(name);
    for (name, modified) in [
        ("app.log", "2025-05-05T10:00:00Z"),
        ("error.log", "2025-05-03T11:00:00Z"),
    ] {
        let modified: DateTime<Utc> = modified.parse().unwrap();
        let file = fs::File::options().append(true).open(path(name)).unwrap();
        file.set_modified(modified.into()).unwrap();
    }
    let root = Root::of_files(&["app.log", "error.log"].map(path)).unwrap();
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    print(root, options, Utc::now, &mut out, &mut notes).unwrap();
    let out = String::from_utf8(out).unwrap();
    let lines = out.lines().filter_map(|line| line.split(' ').nth(1));
    lines.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_quiet_file_beside_a_busy_one_is_merged_by_time() {
    assert_eq!(merged(&Options::default()), "a1 e1 a2 e2 a3");
    assert_eq!(merged(&options::since(None, Some("2025-05-03"))), "a1 e1");
    assert_eq!(
        merged(&options::since(Some("2025-05-03"), None)),
        "a2 e2 a3"
    );
    let last = Options {
        last: Some(2),
        ..Options::default()
    };
    assert_eq!(merged(&last), "e2 a3");
}

#[test]
fn rotated_siblings_are_one_stream_in_the_order_of_time() {
    let dir = folder_of(&[
        ("app.log", "2025-05-04T14:00:02Z three\n  more\n"),
        ("app.log.1", "2025-05-04T14:00:01Z two\n"),
        ("app.log.10", "2025-05-04T13:00:00Z one\n"),
    ]);
    let root = Root::open(&[dir.path().to_owned()], false, Utc::now())
        .root
        .unwrap();
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    print(root, &Options::default(), Utc::now, &mut out, &mut notes).unwrap();
    let expected = "2025-05-04T13:00:00Z one\n2025-05-04T14:00:01Z two\n2025-05-04T14:00:02Z \
                    three\n  more\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn a_tree_and_a_file_are_merged_and_copies_of_the_tree_are_folded() {
    let dir = folder_of(&[
        ("logs/.chronologix.json", DESCRIPTION),
        (
            "logs/2025-05-04__14-00/app.log",
            "[14:00:00] a\n[14:00:02] [ERROR] c\n",
        ),
        (
            "logs/2025-05-04__14-00/errors.log",
            "[14:00:02] [ERROR] c\n",
        ),
        ("logs/2025-05-04__15-00/app.log", "[15:00:00] e\n"),
        (
            "other.log",
            "2025-05-04T14:00:01Z b\n2025-05-04T14:30:00Z d\n",
        ),
    ]);
    let paths = ["logs", "other.log"].map(|name| dir.path().join(name));
    let root = Root::open(&paths, false, Utc::now()).root.unwrap();
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    print(root, &Options::default(), Utc::now, &mut out, &mut notes).unwrap();
    let out = String::from_utf8(out).unwrap();
    let lines: Vec<&str> = out
        .lines()
        .filter_map(|line| line.rsplit(' ').next())
        .collect();
    assert_eq!(lines, ["a", "b", "c", "d", "e"]);
}

#[test]
fn the_last_records_are_those_of_the_folder_that_grows() {
    let now = || "2025-05-04T22:30:00Z".parse::<DateTime<Utc>>().unwrap();
    let dir = folder_of(&[
        (".chronologix.json", DESCRIPTION),
        (
            "2025-05-04__22-00/app.log",
            "[22:00:00] one\n[22:29:59] two\n",
        ),
        ("2031-01-01__00-00/app.log", "[00:00:00] of a wrong clock\n"),
    ]);
    let path = dir.path().join("2025-05-04__22-00/app.log");
    let file = fs::File::options().append(true).open(path).unwrap();
    file.set_modified(now().into()).unwrap();
    for (last, expected) in [
        (1, "[22:29:59] two\n"),
        (9, "[22:00:00] one\n[22:29:59] two\n"),
    ] {
        let options = Options {
            last: Some(last),
            ..Options::default()
        };
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let root = Root::Base(dir.path().to_owned());
        print(root, &options, now, &mut out, &mut notes).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

#[test]
fn folders_that_overlap_after_a_change_of_the_interval_are_merged_by_time() {
    let day = DESCRIPTION.replace("1h", "24h");
    let hour = DESCRIPTION;
    let tables: [(&str, [(&str, &str); 3]); 3] = [
        // From 1h to 24h at 11:30.
        (
            &day,
            [
                ("2025-05-04", "[11:30:00] c\n[12:30:00] d\n"),
                ("2025-05-04__10-00", "[10:00:00] a\n"),
                ("2025-05-04__11-00", "[11:00:00] b\n"),
            ],
        ),
        // From 24h to 1h at 12:15.
        (
            hour,
            [
                ("2025-05-04", "[10:00:00] a\n[11:00:00] b\n"),
                ("2025-05-04__11-00", "[11:30:00] c\n"),
                ("2025-05-04__12-00", "[12:30:00] d\n"),
            ],
        ),
        // From 5m to 1h at 11:10.
        (
            hour,
            [
                ("2025-05-04__11-00", "[11:00:00] b\n[11:30:00] c\n"),
                ("2025-05-04__11-05", "[11:05:00] c0\n"),
                ("2025-05-04__12-00", "[12:30:00] d\n"),
            ],
        ),
    ];
    let all = ["a b c d", "a b c d", "b c0 c d"];
    for ((manifest, folders), all) in tables.iter().zip(all) {
        let paths = folders.map(|(folder, _)| format!("{folder}/app.log"));
        let mut files = vec![(".chronologix.json", *manifest), ("2025-05-05/app.log", "")];
        let texts = folders.iter().zip(&paths);
        files.extend(texts.map(|((_, text), path)| (&**path, *text)));
        let dir = folder_of(&files);
        let shown = |options: &Options| {
            let out = printed(Root::Base(dir.path().to_owned()), options);
            let words = out.lines().filter_map(|line| line.split(' ').nth(1));
            words.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(shown(&Options::default()), all);
        for count in 1..=4 {
            let last = Options {
                last: Some(count),
                ..Options::default()
            };
            let from = all.split(' ').count() - count.min(all.split(' ').count());
            let expected: Vec<&str> = all.split(' ').skip(from).collect();
            assert_eq!(shown(&last), expected.join(" "));
        }
        let limited = |since, until| shown(&options::since(since, until));
        assert_eq!(limited(Some("2025-05-04 11:15"), None), "c d");
        assert_eq!(
            limited(Some("2025-05-04 11:00"), Some("2025-05-04 12:00")),
            all.replace("a ", "").replace(" d", "")
        );
        let before = Options {
            last: Some(1),
            ..options::since(None, Some("2025-05-04 11:30"))
        };
        let before = shown(&before);
        assert!(before == "b" || before == "c0", "{before}");
    }
}

#[test]
fn a_damaged_source_is_told_and_the_others_are_printed() {
    let dir = folder_of(&[
        ("app.log", "2025-05-04T10:00:00Z a\n"),
        ("bad.zip", "PK\u{3}\u{4}"),
        ("empty.tar.gz", ""),
    ]);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    packed
        .write_all(b"2025-05-04T10:00:01Z b\n2025-05-04T10")
        .unwrap();
    let packed = packed.finish().unwrap();
    fs::write(dir.path().join("cut.log.gz"), &packed[..packed.len() - 8]).unwrap();
    let names = ["app.log", "bad.zip", "empty.tar.gz", "cut.log.gz"];
    let root = || Root::of_files(&names.map(|name| dir.path().join(name))).unwrap();
    for (shape, expected) in [
        (
            Shape::Lines,
            "2025-05-04T10:00:00Z a\n2025-05-04T10:00:01Z b\n2025-05-04T10\n",
        ),
        (Shape::Count, "2\n"),
    ] {
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let result = print(root(), &shaped(shape), Utc::now, &mut out, &mut notes);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
        if shape == Shape::Lines {
            assert!(matches!(result, Err(OutputError::Incomplete)), "{result:?}");
            let notes = String::from_utf8(notes).unwrap();
            let mut notes: Vec<&str> = notes.lines().collect();
            notes.sort_unstable();
            assert_eq!(notes.len(), 3, "{notes:?}");
            assert!(notes[0].starts_with("chronologix-view: bad.zip cannot be read: "));
            let cut = "chronologix-view: cut.log.gz is cut off; showing what could be decompressed";
            assert_eq!(notes[1], cut);
            assert_eq!(
                notes[2],
                "chronologix-view: empty.tar.gz cannot be read: it is empty"
            );
        }
    }
}

/// Pieces of logs and of what is none.
const PIECES: [&[u8]; 18] = [
    b"2025-05-04T14:00:00Z ",
    b"[14:00:00] [ERROR] ",
    b"{\"time\":\"2025-05-04T14:00:00Z\",\"level\":\"error\",\"msg\":\"x\"}",
    b"\x1b[31m",
    b"\x1b[2K",
    b"\x1b]0;title\x07",
    b"\n",
    b"\r\n",
    b"\t",
    b"\0\0\0\0\0\0\0\0\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x1f\x8b\x08",
    b"PK\x03\x04",
    b"May  4 14:00:00 host app[7]: ",
    b"level=info msg=\"a b\" k=v ",
    b"\xe2\x80\xae",
    b"\xc2\x9b31m",
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn no_byte_of_a_file_is_printed_as_a_control(
        pieces in proptest::collection::vec((0..PIECES.len(), 0_u8..=255), 0..60),
        name in "[a-c\u{1b}\u{9b}\u{202e}\n ]{1,6}[.]log",
        shape in 0_usize..6,
    ) {
        let mut bytes = Vec::new();
        for (piece, byte) in pieces {
            bytes.extend_from_slice(PIECES[piece]);
            bytes.push(byte);
        }
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        fs::write(&path, &bytes).unwrap();
        let root = Root::of_files(&[path]).unwrap();
        let shape = [
            Shape::Lines,
            Shape::NamedLines,
            Shape::Json,
            Shape::Logfmt,
            Shape::Csv,
            Shape::Stats(StatsShape::Table),
        ][shape];
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let _ = print(root, &shaped(shape), Utc::now, &mut out, &mut notes);
        for printed in [String::from_utf8_lossy(&out), String::from_utf8_lossy(&notes)] {
            let is_control = |letter: char| {
                let is_bidi = matches!(letter, '\u{202a}'..='\u{202e}');
                is_bidi || (letter.is_control() && !matches!(letter, '\n' | '\t'))
            };
            proptest::prop_assert!(!printed.contains(is_control), "{printed:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf_8_are_names_as_any() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join(OsStr::from_bytes(b"t\xe4glich"));
    fs::create_dir(&folder).unwrap();
    let file = |name: &[u8], text: &str| {
        let path = folder.join(OsStr::from_bytes(name));
        fs::write(&path, text).unwrap();
        path
    };
    let paths = [
        file(b"caf\xe9.log", "2025-05-04T10:00:00Z a\n"),
        file(b"caf\xe9.log.1", "2025-05-03T10:00:00Z b\n"),
        file(b"caf\xe8.log", "2025-05-04T11:00:00Z c\n"),
    ];
    let open = |paths: &[PathBuf]| {
        let opened = Root::open(paths, false, Utc::now());
        assert_eq!(opened.troubles, Vec::<String>::new());
        opened.root.unwrap()
    };
    let lines = "2025-05-03T10:00:00Z b\n2025-05-04T10:00:00Z a\n2025-05-04T11:00:00Z c\n";
    for given in [&paths[..], std::slice::from_ref(&folder)] {
        assert_eq!(printed(open(given), &Options::default()), lines);
        let table = printed(open(given), &shaped(Shape::Stats(StatsShape::Table)));
        let records: Vec<_> = table
            .lines()
            .skip(1)
            .map(|row| row.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(records, [r"caf\xe8 1", r"caf\xe9 2", "all 3"]);
    }
    let one = Options {
        streams: vec![r"caf\xe9".into()],
        ..shaped(Shape::Count)
    };
    assert_eq!(printed(open(&paths), &one), "2\n");
    // Also in an interval folder of a tree, and compressed.
    let tree = folder_of(&[("2025-05-04__14-00/app.log", "[14:00:00] [INFO] a\n")]);
    let name = OsStr::from_bytes(b"2025-05-04__14-00/caf\xe9.log.zst");
    let packed = zstd::encode_all(&b"[14:00:01] [ERROR] b\n"[..], 1).unwrap();
    fs::write(tree.path().join(name), packed).unwrap();
    let json = printed(tree.path().to_owned().into(), &shaped(Shape::Json));
    assert!(json.contains(r#""stream":"caf\\xe9""#), "{json}");
}

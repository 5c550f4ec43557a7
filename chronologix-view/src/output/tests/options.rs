//! The options of printing.

use chronologix_schema::Level;

use super::*;

/// Checks what is printed of a tree of two hours.
#[track_caller]
fn check_options(options: &Options, expected: &[&str]) {
    let dir = tree(&[
        (".chronologix.json", DESCRIPTION),
        (
            "2025-05-04__14-00/app.log",
            "[14:00:00] a1\n[14:00:01] [ERROR] e1\n[14:30:00] [INFO] a2\n",
        ),
        ("2025-05-04__14-00/errors.log", "[14:00:01] [ERROR] e1\n"),
        ("2025-05-04__15-00/app.log", "[15:00:00] [WARN] a3\n"),
        (
            "2025-05-04__15-00/audit.log",
            "{\"timestamp\":\"2025-05-04T15:00:01Z\",\"level\":\"error\",\"message\":\"j\",\"qty\":3}\n",
        ),
    ]);
    let (out, notes, result) = run(dir.path(), options);
    let lines: Vec<&str> = out.lines().collect();
    let short = |line: &&str| line.trim_start_matches('[').to_owned();
    let lines: Vec<String> = lines.iter().map(short).collect();
    assert_eq!(lines, expected);
    assert_eq!(notes, "");
    let is_match = !matches!(result, Err(OutputError::NoMatch));
    assert_eq!(is_match, !expected.is_empty());
}

fn since(since: Option<&str>, until: Option<&str>) -> Options {
    Options {
        since: since.map(|text| text.parse().unwrap()),
        until: until.map(|text| text.parse().unwrap()),
        ..Options::default()
    }
}

const A1: &str = "14:00:00] a1";
const E1: &str = "14:00:01] [ERROR] e1";
const A2: &str = "14:30:00] [INFO] a2";
const A3: &str = "15:00:00] [WARN] a3";
const J: &str = r#"{"timestamp":"2025-05-04T15:00:01Z","level":"error","message":"j","qty":3}"#;

#[test]
fn a_range_of_time() {
    check_options(&since(Some("14:30"), None), &[A2, A3, J]);
    check_options(&since(None, Some("14:30")), &[A1, E1]);
    check_options(
        &since(Some("14:00:01"), Some("2025-05-04 15:00")),
        &[E1, A2],
    );
    check_options(&since(Some("2025-05-05"), None), &[]);
    check_options(&since(Some("-10m"), None), &[]);
}

#[test]
fn a_range_of_time_in_a_folder_whose_name_was_taken() {
    for interval in ["1h", "15m", "5m"] {
        let description = DESCRIPTION.replace("1h", interval);
        let dir = tree(&[
            (".chronologix.json", &description),
            ("2025-05-04__14-00/app.log", "[14:04:00] a1\n"),
            ("2025-05-04__15-00", "no folder"),
            (
                "2025-05-04__15-05/app.log",
                "[15:00:01] a2\n[15:03:00] a3\n[15:06:00] a4\n",
            ),
            ("2025-05-04__15-05/errors.log", "[15:02:00] e1\n"),
        ]);
        for (range, expected) in [
            (since(None, None), "a1 a2 e1 a3 a4"),
            (since(Some("15:00"), None), "a2 e1 a3 a4"),
            (since(Some("15:02"), None), "e1 a3 a4"),
            (since(None, Some("15:04")), "a1 a2 e1 a3"),
            (since(None, Some("15:01")), "a1 a2"),
        ] {
            let (out, ..) = run(dir.path(), &range);
            let lines = out.lines().filter_map(|line| line.split_once("] "));
            let found: Vec<&str> = lines.map(|(_, message)| message).collect();
            assert_eq!(found.join(" "), expected, "{interval} {range:?}");
        }
    }
}

#[test]
fn the_last_records() {
    let last = |last, options| Options {
        last: Some(last),
        ..options
    };
    check_options(&last(2, Options::default()), &[A3, J]);
    check_options(&last(0, Options::default()), &[]);
    check_options(&last(9, Options::default()), &[A1, E1, A2, A3, J]);
    check_options(&last(1, since(Some("14:00:01"), Some("15:00"))), &[A2]);
    check_options(&last(9, since(Some("14:00:01"), Some("15:00"))), &[E1, A2]);
}

#[test]
fn streams_patterns_and_levels() {
    let of = |names: &[&str]| Options {
        streams: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Options::default()
    };
    check_options(&of(&["errors"]), &[E1]);
    check_options(&of(&["errors", "audit"]), &[E1, J]);
    let pattern = |text| Pattern::new(text, Case::Sensitive).unwrap();
    let filter = |filter| Options {
        filter,
        ..Options::default()
    };
    let rule = |keeps| vec![FilterRule::new(pattern("a[12]"), keeps)];
    check_options(&filter(Filter::new(None, rule(true))), &[A1, A2]);
    check_options(&filter(Filter::new(None, rule(false))), &[E1, A3, J]);
    let least = Filter::new(Some(Level::Warn), Vec::new());
    check_options(&filter(least), &[E1, A3, J]);
}

#[test]
fn a_stream_that_is_none_is_said_before_anything_is_printed() {
    let dir = tree(&[
        ("2025-05-04/a.log", "[01:00:00] a\n"),
        ("2025-05-03/b.log", ""),
    ]);
    let options = Options {
        streams: vec!["b".into(), "c".into()],
        ..Options::default()
    };
    let (out, _, result) = run(dir.path(), &options);
    assert_eq!(out, "");
    let error = result.unwrap_err().to_string();
    assert_eq!(error, r#"unknown stream "c"; the tree has a, b"#);
}

#[test]
fn as_json() {
    let json = |records: &[&str]| check_options(&shaped(Shape::Json), records);
    json(&[
        r#"{"timestamp":"2025-05-04T14:00:00Z","folder":"2025-05-04__14-00","stream":"app","message":"a1"}"#,
        r#"{"timestamp":"2025-05-04T14:00:01Z","folder":"2025-05-04__14-00","stream":"errors","mirrors":["app"],"level":"ERROR","message":"e1"}"#,
        r#"{"timestamp":"2025-05-04T14:30:00Z","folder":"2025-05-04__14-00","stream":"app","level":"INFO","message":"a2"}"#,
        r#"{"timestamp":"2025-05-04T15:00:00Z","folder":"2025-05-04__15-00","stream":"app","level":"WARN","message":"a3"}"#,
        r#"{"timestamp":"2025-05-04T15:00:01Z","folder":"2025-05-04__15-00","stream":"audit","level":"ERROR","message":"j","fields":{"qty":3}}"#,
    ]);
}

#[test]
fn as_counts() {
    check_options(
        &shaped(Shape::Stats),
        &[
            "stream  records  bytes  INFO  WARN  ERROR  first                 last",
            "app           4     78     1     1      1  2025-05-04T14:00:00Z  2025-05-04T15:00:00Z",
            "errors        1     22     0     0      1  2025-05-04T14:00:01Z  2025-05-04T14:00:01Z",
            "audit         1     75     0     0      1  2025-05-04T15:00:01Z  2025-05-04T15:00:01Z",
            "all           5    153     1     1      2  2025-05-04T14:00:00Z  2025-05-04T15:00:01Z",
        ],
    );
}

#[test]
fn packed_folders_and_compressed_files_are_read_in_place() {
    let zst = |text: &str| zstd::encode_all(text.as_bytes(), 1).unwrap();
    let mut archive = tar::Builder::new(Vec::new());
    for (name, text) in [
        ("2025-05-04__13-00/app.log", "[13:00:00] a\n[13:00:01] e\n"),
        ("2025-05-04__13-00/errors.log", "[13:00:01] e\n"),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        archive
            .append_data(&mut header, name, text.as_bytes())
            .unwrap();
    }
    let dir = tree(&[
        (".chronologix.json", DESCRIPTION),
        ("2025-05-04__15-00/app.log", "[15:00:00] c\n"),
        ("2025-05-04__16-00/app.log", ""),
    ]);
    let write = |name: &str, bytes: &[u8]| fs::write(dir.path().join(name), bytes).unwrap();
    let packed = zstd::encode_all(&archive.into_inner().unwrap()[..], 1).unwrap();
    write("2025-05-04__13-00.tar.zst", &packed);
    fs::create_dir(dir.path().join("2025-05-04__14-00")).unwrap();
    write("2025-05-04__14-00/app.log.zst", &zst("[14:00:00] b\n"));
    write("2025-05-04__14-00/app.1.log.zst", &zst("[14:00:01] b2\n"));
    // While a file is being compressed, it exists twice.
    write("2025-05-04__15-00/app.log.zst", &zst("[15:00:00] c\n"));
    write("2025-05-04__15-00.tar.zst", &packed);
    let (out, notes, result) = run(dir.path(), &shaped(Shape::NamedLines));
    result.unwrap();
    assert_eq!(notes, "");
    let expected = "2025-05-04__13-00/app:[13:00:00] a\n2025-05-04__13-00/errors→app:[13:00:01] e\n\
        2025-05-04__14-00/app:[14:00:00] b\n2025-05-04__14-00/app:[14:00:01] b2\n\
        2025-05-04__15-00/app:[15:00:00] c\n";
    assert_eq!(out, expected);
    fs::write(dir.path().join("2025-05-04__12-00.zip"), "no archive").unwrap();
    let (_, notes, result) = run(dir.path(), &Options::default());
    assert!(matches!(result, Err(OutputError::Incomplete)));
    assert!(
        notes.contains("2025-05-04__12-00 cannot be read: "),
        "{notes}"
    );
}

#[test]
fn single_files_are_merged() {
    let dir = tree(&[
        (
            "one.log",
            "2025-05-04T14:00:00Z a\n2025-05-04T14:00:02Z c\n  more\n",
        ),
        ("two.txt", "[2025-05-04 14:00:01] b\n"),
    ]);
    let paths = ["one.log", "two.txt"].map(|name| dir.path().join(name));
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let root = Root::of_files(&paths).unwrap();
    let options = Options::default();
    print(root, &options, Utc::now, &mut out, &mut notes).unwrap();
    let expected =
        "2025-05-04T14:00:00Z a\n[2025-05-04 14:00:01] b\n2025-05-04T14:00:02Z c\n  more\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn lines_that_a_failed_sync_repeats_are_printed_once() {
    let (before, batch) = ("[14:00:01] a1\n", "[14:00:02] a2\n[14:00:03] a3\n");
    let old = format!("{before}{batch}[14:00:04] a4\n");
    let bytes = before.len()..before.len() + batch.len();
    let mark = format!(
        "[14:00:02] [WARN] chronologix: bytes {} to {} of app.log are repeated here, its sync \
         failed\n",
        bytes.start, bytes.end
    );
    let messages = |base: &Path, options: &Options| {
        let (out, ..) = run(base, options);
        let lines = out.lines().filter_map(|line| line.split_once("] "));
        let found: Vec<&str> = lines.map(|(_, message)| message).collect();
        found.join(" ")
    };
    let folder = |name| format!("2025-05-04__14-00/{name}");
    for repeated in [batch, &batch[..before.len()]] {
        let new = format!("{mark}{repeated}[14:00:05] a5\n");
        let dir = tree(&[
            (".chronologix.json", DESCRIPTION),
            (&folder("app.log"), &old),
            (&folder("app.1.log"), &new),
        ]);
        for packs in [false, true] {
            if packs {
                let path = dir.path().join(folder("app.log"));
                let packed = zstd::encode_all(old.as_bytes(), 1).unwrap();
                fs::write(path.with_extension("log.zst"), packed).unwrap();
                fs::remove_file(path).unwrap();
            }
            let last = Options {
                last: Some(3),
                ..Options::default()
            };
            for (options, expected) in [
                (Options::default(), "a1 a2 a3 a4 a5"),
                (last, "a3 a4 a5"),
                (since(Some("14:00:02"), None), "a2 a3 a4 a5"),
                (since(Some("14:00:05"), None), "a5"),
                (since(None, Some("14:00:03")), "a1 a2"),
            ] {
                assert_eq!(messages(dir.path(), &options), expected, "{options:?}");
            }
            let (json, ..) = run(dir.path(), &shaped(Shape::Json));
            assert_eq!(json.lines().count(), 5);
            let (stats, ..) = run(dir.path(), &shaped(Shape::Stats));
            assert!(stats.contains("app           5     70"), "{stats}");
        }
    }
    // What the first file has lost is in the second alone.
    let dir = tree(&[
        (".chronologix.json", DESCRIPTION),
        (&folder("app.log"), before),
        (&folder("app.1.log"), &format!("{mark}{batch}")),
    ]);
    let (out, ..) = run(dir.path(), &Options::default());
    assert_eq!(out, format!("{before}{mark}{batch}"));
}

/// A tree in which one record of three has lines that continue it.
fn with_trace() -> tempfile::TempDir {
    tree(&[
        (".chronologix.json", DESCRIPTION),
        (
            "2025-05-04__14-00/app.log",
            "[14:00:00] [INFO] a\n[14:00:01] [ERROR] boom\n\tat main.rs:7\n\tat lib.rs:9\n\
             [14:00:02] [INFO] b\n",
        ),
    ])
}

#[test]
fn records_are_filtered_and_counted_with_the_lines_that_continue_them() {
    let dir = with_trace();
    let rule = |text, keeps| FilterRule::new(Pattern::new(text, Case::Sensitive).unwrap(), keeps);
    let filtered = |least, rules| Options {
        filter: Filter::new(least, rules),
        ..Options::default()
    };
    let last = |last| Options {
        last: Some(last),
        ..Options::default()
    };
    let error = "[14:00:01] [ERROR] boom\n\tat main.rs:7\n\tat lib.rs:9\n";
    let (a, b) = ("[14:00:00] [INFO] a\n", "[14:00:02] [INFO] b\n");
    let cases = [
        (filtered(Some(Level::Error), vec![]), error.to_owned()),
        (filtered(None, vec![rule("lib.rs", true)]), error.into()),
        (filtered(None, vec![rule("boom", true)]), error.into()),
        (
            filtered(None, vec![rule("boom", true), rule("lib", true)]),
            error.into(),
        ),
        (
            filtered(Some(Level::Error), vec![rule("lib.rs", true)]),
            error.into(),
        ),
        (filtered(None, vec![rule("boom", false)]), format!("{a}{b}")),
        (
            filtered(None, vec![rule("lib.rs", false)]),
            format!("{a}{b}"),
        ),
        (
            filtered(Some(Level::Error), vec![rule("b$", true)]),
            String::new(),
        ),
        (last(1), b.into()),
        (last(2), format!("{error}{b}")),
        (last(3), format!("{a}{error}{b}")),
    ];
    for (options, expected) in cases {
        let (out, notes, _) = run(dir.path(), &options);
        assert_eq!((out, notes), (expected, String::new()), "{options:?}");
    }
    let table = printed(dir.path().to_owned().into(), &shaped(Shape::Stats));
    assert!(table.contains("\nall           3 "), "{table}");
    let json = printed(dir.path().to_owned().into(), &shaped(Shape::Json));
    assert_eq!(json.lines().count(), 3);
    assert!(
        json.contains(r#""message":"boom\n\tat main.rs:7\n\tat lib.rs:9""#),
        "{json}"
    );
}

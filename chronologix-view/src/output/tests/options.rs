//! The options of printing.

use chronologix_schema::Level;

use super::*;

/// Checks what is printed of a tree of two hours.
#[track_caller]
fn check_options(options: &Options, expected: &[&str]) {
    let dir = folder_of(&[
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

pub(super) fn since(since: Option<&str>, until: Option<&str>) -> Options {
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
        let dir = folder_of(&[
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

/// Returns options for these streams.
fn of_streams(names: &[&str]) -> Options {
    Options {
        streams: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Options::default()
    }
}

#[test]
fn streams_patterns_and_levels() {
    check_options(&of_streams(&["errors"]), &[E1]);
    check_options(&of_streams(&["errors", "audit"]), &[E1, J]);
    let pattern = |text| LineRegex::new(text, Case::Sensitive).unwrap();
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
    let dir = folder_of(&[
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
        r#"{"timestamp":"2025-05-04T14:00:00.000000Z","folder":"2025-05-04__14-00","stream":"app","message":"a1"}"#,
        r#"{"timestamp":"2025-05-04T14:00:01.000000Z","folder":"2025-05-04__14-00","stream":"errors","mirrors":["app"],"level":"ERROR","message":"e1"}"#,
        r#"{"timestamp":"2025-05-04T14:30:00.000000Z","folder":"2025-05-04__14-00","stream":"app","level":"INFO","message":"a2"}"#,
        r#"{"timestamp":"2025-05-04T15:00:00.000000Z","folder":"2025-05-04__15-00","stream":"app","level":"WARN","message":"a3"}"#,
        r#"{"timestamp":"2025-05-04T15:00:01.000000Z","folder":"2025-05-04__15-00","stream":"audit","level":"ERROR","message":"j","fields":{"qty":3}}"#,
    ]);
}

#[test]
fn as_counts() {
    check_options(
        &shaped(Shape::Stats(StatsShape::Table)),
        &[
            "stream  records  bytes  INFO  WARN  ERROR  first                        last",
            "app           4     78     1     1      1  2025-05-04T14:00:00.000000Z  2025-05-04T15:00:00.000000Z",
            "errors        1     22     0     0      1  2025-05-04T14:00:01.000000Z  2025-05-04T14:00:01.000000Z",
            "audit         1     75     0     0      1  2025-05-04T15:00:01.000000Z  2025-05-04T15:00:01.000000Z",
            "all           5    153     1     1      2  2025-05-04T14:00:00.000000Z  2025-05-04T15:00:01.000000Z",
        ],
    );
}

#[test]
fn packed_folders_and_compressed_files_are_read_in_place() {
    let zst = |text: &str| zstd::encode_all(text.as_bytes(), 1).unwrap();
    let packed = |files: &[(&str, &str)]| {
        let mut archive = tar::Builder::new(Vec::new());
        for (name, text) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            archive
                .append_data(&mut header, name, text.as_bytes())
                .unwrap();
        }
        zstd::encode_all(&archive.into_inner().unwrap()[..], 1).unwrap()
    };
    let dir = folder_of(&[
        (".chronologix.json", DESCRIPTION),
        ("2025-05-04__15-00/app.log", "[15:00:00] c\n"),
        ("2025-05-04__16-00/app.log", ""),
    ]);
    let write = |name: &str, bytes: &[u8]| fs::write(dir.path().join(name), bytes).unwrap();
    let files = [
        ("2025-05-04__13-00/app.log", "[13:00:00] a\n[13:00:01] e\n"),
        ("2025-05-04__13-00/errors.log", "[13:00:01] e\n"),
    ];
    write("2025-05-04__13-00.tar.zst", &packed(&files));
    fs::create_dir(dir.path().join("2025-05-04__14-00")).unwrap();
    write("2025-05-04__14-00/app.log.zst", &zst("[14:00:00] b\n"));
    write("2025-05-04__14-00/app.1.log.zst", &zst("[14:00:01] b2\n"));
    // While a file is being compressed, it exists twice, and so does a folder that is packed.
    write("2025-05-04__15-00/app.log.zst", &zst("[15:00:00] c\n"));
    let files = [("2025-05-04__15-00/app.log", "[15:00:00] c\n")];
    write("2025-05-04__15-00.tar.zst", &packed(&files));
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
    let dir = folder_of(&[
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

/// A tree in which one record of three has lines that continue it.
fn with_trace() -> tempfile::TempDir {
    folder_of(&[
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
    let rule = |text, keeps| FilterRule::new(LineRegex::new(text, Case::Sensitive).unwrap(), keeps);
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
    let table = printed(
        dir.path().to_owned().into(),
        &shaped(Shape::Stats(StatsShape::Table)),
    );
    assert!(table.contains("\nall           3 "), "{table}");
    let json = printed(dir.path().to_owned().into(), &shaped(Shape::Json));
    assert_eq!(json.lines().count(), 3);
    assert!(
        json.contains(r#""message":"boom\n\tat main.rs:7\n\tat lib.rs:9""#),
        "{json}"
    );
}

/// Returns the messages that are printed of a tree with one stream.
fn messages(lines: &str, options: &Options) -> String {
    let dir = folder_of(&[
        (".chronologix.json", DESCRIPTION),
        ("2025-05-04__14-00/app.log", lines),
    ]);
    let (out, ..) = run(dir.path(), options);
    let lines = out.lines();
    let found: Vec<&str> = lines
        .map(|line| line.split_once("] ").map_or(line, |(_, message)| message))
        .collect();
    found.join(" ")
}

/// Lines a to j, one a second.
fn letters() -> String {
    let line = |(second, letter): (usize, char)| format!("[14:00:0{second}] {letter}\n");
    ('a'..='j').enumerate().map(line).collect()
}

pub(super) fn matching(pattern: &str) -> Filter {
    let pattern = LineRegex::new(pattern, Case::Sensitive).unwrap();
    Filter::new(None, vec![FilterRule::new(pattern, true)])
}

#[test]
fn records_around_those_that_match() {
    let around = |pattern, before, after, first| {
        let options = Options {
            filter: matching(pattern),
            context: Context { before, after },
            first,
            ..Options::default()
        };
        messages(&letters(), &options)
    };
    assert_eq!(around("c$", 1, 1, None), "b c d");
    assert_eq!(around("[cf]$", 1, 1, None), "b c d e f g");
    assert_eq!(around("[cg]$", 1, 1, None), "b c d -- f g h");
    assert_eq!(around("[cg]$", 0, 2, None), "c d e -- g h i");
    assert_eq!(around("[cd]$", 2, 0, None), "a b c d");
    assert_eq!(around("[aj]$", 3, 3, None), "a b c d -- g h i j");
    assert_eq!(around("[cg]$", 1, 1, Some(1)), "b c d");
    assert_eq!(around("x", 1, 1, None), "");
}

#[test]
fn what_is_excluded_is_no_context() {
    let pattern = LineRegex::new("b$", Case::Sensitive).unwrap();
    let mut filter = matching("c$");
    filter.rules.push(FilterRule::new(pattern, false));
    let options = Options {
        filter,
        context: Context {
            before: 2,
            after: 0,
        },
        ..Options::default()
    };
    assert_eq!(messages(&letters(), &options), "a c");
}

#[test]
fn the_first_records_and_the_newest_first() {
    let of = |first, last, reverse| Options {
        last,
        first,
        reverse,
        ..Options::default()
    };
    for (options, expected) in [
        (of(Some(3), None, false), "a b c"),
        (of(Some(0), None, false), ""),
        (of(None, Some(3), false), "h i j"),
        (of(None, None, true), "j i h g f e d c b a"),
        (of(None, Some(2), true), "j i"),
        (of(Some(2), None, true), "j i"),
    ] {
        assert_eq!(messages(&letters(), &options), expected, "{options:?}");
    }
    let range = Options {
        reverse: true,
        ..since(Some("14:00:03"), Some("14:00:05"))
    };
    assert_eq!(messages(&letters(), &range), "e d");
    let span = since(Some("14:00:03"), Some("+2s"));
    assert_eq!(messages(&letters(), &span), "d e");
}

#[test]
fn records_with_their_lines_are_reversed_as_a_whole() {
    let options = Options {
        reverse: true,
        ..Options::default()
    };
    let lines = "[14:00:00] a\n\tb\n[14:00:01] c\n\td\n";
    assert_eq!(messages(lines, &options), "c \td a \tb");
}

#[test]
fn a_number_or_nothing_at_all() {
    let counted = |filter| Options {
        filter,
        ..shaped(Shape::Count)
    };
    assert_eq!(messages(&letters(), &counted(Filter::default())), "10");
    assert_eq!(messages(&letters(), &counted(matching("[ab]$"))), "2");
    assert_eq!(messages(&letters(), &counted(matching("x"))), "0");
    let dir = folder_of(&[("2025-05-04/app.log", &letters())]);
    for (pattern, is_there) in [("a$", true), ("x", false)] {
        let quiet = Options {
            filter: matching(pattern),
            ..shaped(Shape::Quiet)
        };
        let (out, notes, result) = run(dir.path(), &quiet);
        assert_eq!((out, notes), (String::new(), String::new()));
        assert_eq!(result.is_ok(), is_there);
    }
}

#[test]
fn streams_are_chosen_by_patterns() {
    check_options(&of_streams(&["err*"]), &[E1]);
    check_options(&of_streams(&["a????", "*rors"]), &[E1, J]);
    check_options(&of_streams(&["*"]), &[A1, E1, A2, A3, J]);
    for (name, pattern, expected) in [
        ("app", "*", true),
        ("app", "a*p", true),
        ("app", "a?p", true),
        ("app", "a?", false),
        ("app", "*b*", false),
        ("", "*", true),
        ("žluť", "ž?u?", true),
    ] {
        assert_eq!(is_like(name, pattern), expected, "{name} {pattern}");
    }
}

#[test]
fn conditions_select_by_fields_and_streams() {
    let of = |condition: &str| {
        let mut filter = Filter::default();
        filter.fields = vec![crate::query::FieldRule::new(condition.parse().unwrap())];
        Options {
            filter,
            ..Options::default()
        }
    };
    check_options(&of("qty>=3"), &[J]);
    check_options(&of("qty>3"), &[]);
    check_options(&of("level>=warn and stream!=audit"), &[E1, A3]);
    check_options(&of("stream=audit or message=a1"), &[A1, J]);
}

#[test]
fn a_range_of_lines_without_times_is_refused() {
    let dir = folder_of(&[("plain.log", "one\ntwo\n"), ("empty.log", "")]);
    let result = |name: &str| {
        let root = Root::of_files(&[dir.path().join(name)]).unwrap();
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let options = since(Some("-1h"), None);
        let result = print(root, &options, Utc::now, &mut out, &mut notes);
        assert!(out.is_empty());
        result
    };
    let error = result("plain.log").unwrap_err();
    assert!(matches!(error, OutputError::NoTimes), "{error}");
    assert!(matches!(result("empty.log"), Err(OutputError::NoMatch)));
}

/// Counts at once and in order give the same table.
#[test]
fn all_records_are_counted_as_they_are_printed() {
    let (app, errors) = (
        letters(),
        "[14:00:02] c\n[14:00:09] [WARN] only here\n\tand here\n",
    );
    let json = "{\"timestamp\":\"2025-05-04T14:00:01Z\",\"level\":\"error\",\"message\":\"j\"}\r\n";
    let dir = folder_of(&[
        (".chronologix.json", DESCRIPTION),
        ("2025-05-04__14-00/app.log", &app),
        (
            "2025-05-04__14-00/app.1.log",
            "\tof j\n[14:00:10] [INFO] k\n\n",
        ),
        ("2025-05-04__14-00/errors.log", errors),
        ("2025-05-04__15-00/audit.log", json),
        ("2025-05-04__15-00/other.log", "no time\nnone\n"),
    ]);
    for by in [None, Some("1h"), Some("1s"), Some("level")] {
        for shape in [Shape::Stats(StatsShape::Table), Shape::Count] {
            let of = |since: Option<&str>| Options {
                shape,
                by: by.map(|by| by.parse().unwrap()),
                ..options::since(since, None)
            };
            let (at_once, ..) = run(dir.path(), &of(None));
            // A range that leaves out nothing.
            let (in_order, ..) = run(dir.path(), &of(Some("2025-01-01")));
            assert_eq!(at_once, in_order, "{by:?}");
        }
    }
}

#[test]
fn conditions_are_about_whole_records() {
    let lines = "[14:00:00] [ERROR] boom\n\tat core::foo\n[14:00:01] fine\n\tat bar\n";
    let of = |condition: &str| {
        let mut filter = Filter::default();
        filter.fields = vec![crate::query::FieldRule::new(condition.parse().unwrap())];
        Options {
            filter,
            ..Options::default()
        }
    };
    let boom = "[ERROR] boom \tat core::foo";
    assert_eq!(messages(lines, &of("message~core::foo")), boom);
    assert_eq!(messages(lines, &of("level=error and message~foo")), boom);
    assert_eq!(messages(lines, &of("not message~foo")), "fine \tat bar");
}

#[test]
fn the_colours_of_a_file_are_printed_if_colours_are() {
    let line = "\u{1b}[2m2025-05-04T14:02:19Z\u{1b}[0m \u{1b}[31mERROR\u{1b}[0m app: a\u{1b}[2Jb\n";
    let dir = folder_of(&[("x.log", line)]);
    let of = |has_colours| {
        let options = Options {
            has_colours,
            ..Options::default()
        };
        let root = Root::of_files(&[dir.path().join("x.log")]).unwrap();
        printed(root, &options)
    };
    assert_eq!(of(false), "2025-05-04T14:02:19Z ERROR app: a␛[2Jb\n");
    let expected = line
        .replace("\u{1b}[2J", "␛[2J")
        .replace('\n', "\u{1b}[0m\n");
    assert_eq!(of(true), expected);
}

//! The formats of records.

use chronologix_schema::layout::Folder;

use super::*;
use crate::line::Key;

fn shaped(shape: Shape) -> Options {
    Options {
        shape,
        ..Options::default()
    }
}

#[test]
fn control_characters_are_shown_or_escaped() {
    let mut streams = Streams::default();
    streams.id("app");
    let key = Key {
        instant: chrono::DateTime::UNIX_EPOCH,
        ..Key::first_of(Folder::parse("2025-05-04").unwrap())
    };
    let line = LogLine {
        is_cut: true,
        ..LogLine::new(key, "[x] \u{1b}[2J")
    };
    let printed = |shape| {
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let mut printer = Printer::new(&mut out, &mut notes, &shaped(shape), TimeZone::UTC);
        printer
            .record(&[Record::of(line.clone())], &streams)
            .unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(printed(Shape::Lines), "[x] ␛[2J …\n");
    assert_eq!(printed(Shape::NamedLines), "2025-05-04/app:[x] ␛[2J …\n");
    assert_eq!(
        printed(Shape::Json),
        concat!(
            r#"{"timestamp":"1970-01-01T00:00:00.000000Z","folder":"2025-05-04","stream":"app","#,
            r#""message":"\u001b[2J","is_cut":true}"#,
            "\n"
        )
    );
}

#[test]
fn a_line_that_grows_is_printed_once_unless_another_comes_between() {
    let mut streams = Streams::default();
    let stream = streams.id("app");
    let folder = Folder::parse("2025-05-04__14-00").unwrap();
    let line = |sequence, text: &str| {
        let key = Key {
            stream,
            sequence,
            ..Key::first_of(folder)
        };
        LogLine::new(key, text)
    };
    let whole = |line: LogLine| vec![Record::of(line)];
    for (shape, expected) in [
        (
            Shape::Lines,
            "[x] half and whole\n[x] a (no newline yet)\n[y] other\n[x] ab\n[z (no newline yet)\n\
             other\n",
        ),
        (
            Shape::NamedLines,
            "2025-05-04__14-00/app:[x] half and whole\n2025-05-04__14-00/app:[x] a (no newline \
             yet)\n2025-05-04__14-00/app:[y] other\n2025-05-04__14-00/app:[x] ab\n\
             2025-05-04__14-00/app:[z (no newline yet)\n2025-05-04__14-00/app:other\n",
        ),
    ] {
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let mut printer = Printer::new(&mut out, &mut notes, &shaped(shape), TimeZone::UTC);
        printer.unfinished(&line(1, "[x] ha"), &streams).unwrap();
        printer.unfinished(&line(1, "[x] half"), &streams).unwrap();
        assert_eq!(printer.matches, 0, "the finished line counts");
        printer
            .record(&whole(line(1, "[x] half and whole")), &streams)
            .unwrap();
        // Another line comes between.
        printer.unfinished(&line(2, "[x] a"), &streams).unwrap();
        printer
            .record(&whole(line(9, "[y] other")), &streams)
            .unwrap();
        printer.record(&whole(line(2, "[x] ab")), &streams).unwrap();
        // The file was written anew.
        printer.unfinished(&line(3, "[z"), &streams).unwrap();
        printer.record(&whole(line(3, "other")), &streams).unwrap();
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let mut printer = Printer::new(&mut out, &mut notes, &shaped(Shape::Json), TimeZone::UTC);
    printer.unfinished(&line(1, "half"), &streams).unwrap();
    assert_eq!(out, b"");
}

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

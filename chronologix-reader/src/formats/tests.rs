//! Lines of all formats that are known.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDateTime, NaiveTime};
use chronologix_schema::Level;

use super::*;

mod lines;
mod loghub;
mod mixed;
mod undated;

/// A line and what is in it.
struct Case {
    /// The name of its format.
    format: &'static str,
    /// The line.
    line: &'static str,
    /// `2025-05-04T12:02:19Z` for an instant, `2025-05-04 14:02:19` for civil time,
    /// `05-04 14:02:19` without a year, `14:02:19` for a time of day, or nothing.
    moment: &'static str,
    /// The level, or nothing.
    level: &'static str,
    /// The message.
    message: &'static str,
    /// Some of its fields in their order, as JSON.
    fields: &'static [(&'static str, &'static str)],
}

/// Returns what a moment of a case stands for.
pub(super) fn moment(text: &str) -> Option<Moment> {
    if text.is_empty() {
        return None;
    }
    if text.ends_with('Z') {
        let instant = DateTime::parse_from_rfc3339(text).expect("an instant");
        return Some(Moment::Instant(instant.to_utc()));
    }
    if let Ok(time) = NaiveTime::parse_from_str(text, "%H:%M:%S%.f") {
        return Some(Moment::TimeOfDay(time));
    }
    if let Ok(civil) = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f") {
        return Some(Moment::Civil(civil));
    }
    let civil = NaiveDateTime::parse_from_str(&format!("2000-{text}"), "%Y-%m-%d %H:%M:%S%.f");
    Some(Moment::YearLess(civil.expect("a civil time")))
}

/// Checks one case. Returns what is wrong.
fn check(formats: &Formats, recent: &mut Recent, case: &Case) -> Result<(), String> {
    let head = formats.head(case.line.as_bytes(), recent);
    let head = head.ok_or("no format")?;
    let name = formats.name(head.format);
    if name != case.format {
        return Err(format!("the format is {name}"));
    }
    if head.moment != moment(case.moment) {
        return Err(format!("the moment is {:?}", head.moment));
    }
    let level = (!case.level.is_empty()).then(|| case.level.parse::<Level>().expect("a level"));
    if head.level != level {
        return Err(format!("the level is {:?}", head.level));
    }
    let values = formats.values(case.line, head.format).ok_or("no values")?;
    if values.level != level {
        return Err(format!("the level of the values is {:?}", values.level));
    }
    if values.message != case.message {
        return Err(format!("the message is {:?}", values.message));
    }
    if values.stamp.is_some() != head.moment.is_some() {
        return Err(format!("the stamp is {:?}", values.stamp));
    }
    let mut rest = values.fields.iter();
    for (name, value) in case.fields {
        let value: Value = serde_json::from_str(value).expect("JSON");
        if !rest.any(|field| field.0 == *name && field.1 == value) {
            return Err(format!("{name} is not in {:?}", values.fields));
        }
    }
    Ok(())
}

/// Checks cases and tells all that are wrong at once.
fn check_all(cases: &[Case]) {
    let formats = Formats::default();
    let mut wrong = String::new();
    for case in cases {
        // Each line by itself: what stands before it must not be needed.
        if let Err(problem) = check(&formats, &mut Recent::default(), case) {
            let _ = writeln!(wrong, "{}: {}\n    {problem}", case.format, case.line);
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_row_of_the_table_compiles() {
    let rows = [
        table::SERVICES,
        table::TEXT,
        table::SYSTEMS,
        table::BROAD,
        table::LEVELS_ONLY,
    ];
    for row in rows.into_iter().flatten() {
        let layout = layout::Layout::parse(row.line, row.timestamp, Vec::new());
        assert!(layout.is_ok(), "{}: {:?}", row.line, layout.err());
    }
}

#[test]
fn what_continues_a_record_is_a_part_of_its_message() {
    let formats = Formats::default();
    for (first, message) in [
        (
            "2025-05-04 14:02:19,123 [main] ERROR a.B - boom n=7",
            "boom",
        ),
        ("2025-05-04 14:02:19 boom n=7", "boom"),
        (
            r#"{"time":"2025-05-04T14:02:19Z","level":"error","msg":"boom"}"#,
            "boom",
        ),
        (
            "203.0.113.7 - - [04/May/2025:14:02:19 +0200] \"GET / HTTP/1.1\" 200 7",
            "GET / HTTP/1.1",
        ),
        ("# Time: 2025-05-04T14:02:19.123456Z", ""),
    ] {
        let head = formats.head(first.as_bytes(), &mut Recent::default());
        let record = format!("{first}\n\tat a.B.c(B.java:7) k=1\nCaused by: d");
        let values = formats.values(&record, head.unwrap().format).unwrap();
        let expected = format!("{message}\n\tat a.B.c(B.java:7) k=1\nCaused by: d");
        assert_eq!(values.message, expected, "{first}");
        assert!(values.stamp.is_some(), "{first}");
    }
}

#[test]
fn the_second_line_of_a_record_has_its_level() {
    let formats = Formats::default();
    let mut recent = Recent::default();
    let mut continues = |line: &str| {
        let head = formats.head(line.as_bytes(), &mut recent)?;
        Some((formats.continues(head.format), head.level))
    };
    let first = Some((false, None));
    // Alone, it is a record.
    assert_eq!(continues("SEVERE: boom"), Some((false, Some(Level::Error))));
    assert_eq!(
        continues("May 04, 2025 2:02:19 PM com.shop.Main run"),
        first
    );
    assert_eq!(continues("SEVERE: boom"), Some((true, Some(Level::Error))));
    assert_eq!(continues("\tat com.shop.Main.run(Main.java:7)"), None);
    assert_eq!(
        continues("May 04, 2025 2:02:20 PM com.shop.Main run"),
        first
    );
    assert_eq!(continues("FINE: done"), Some((true, Some(Level::Debug))));
}

#[test]
fn a_line_in_parts_is_one_record() {
    let formats: &'static Formats = Box::leak(Box::default());
    let mut recent = Recent::default();
    let lines = [
        "2025-05-04T14:02:19.1Z stdout P {\"level\":\"warn\",",
        "2025-05-04T14:02:19.2Z stdout P \"msg\":\"slow\",",
        "2025-05-04T14:02:19.3Z stdout F \"n\":7}",
        "2025-05-04T14:02:19.4Z stdout F next",
        "2025-05-04T14:02:19.5Z stderr P a b",
        // A line of the other stream stands between the parts.
        "2025-05-04T14:02:19.6Z stdout F between",
    ];
    let mut found: Vec<Values> = Vec::new();
    for line in lines {
        let head = formats.head(line.as_bytes(), &mut recent).unwrap();
        let format = LineFormat::of(formats, head);
        match found.last_mut() {
            Some(last) if format.continues() => {
                crate::record::continue_values(last, line, Some(format));
            }
            _ => found.push(format.values(line)),
        }
    }
    let messages: Vec<_> = found.iter().map(|values| &*values.message).collect();
    assert_eq!(messages, ["slow", "next", "a b", "between"]);
    assert_eq!(found[0].level, Some(Level::Warn));
    assert_eq!(found[0].fields[0], ("stream".to_owned(), "stdout".into()));
    assert!(found[0].fields.contains(&("n".to_owned(), 7.into())));
}

//! Patterns in the words of `strftime`.

use super::*;
use crate::formats::tests::moment;

#[test]
fn stamps_are_read_by_their_pattern() {
    for (pattern, text, expected) in [
        (
            "%d.%m.%Y %H:%M:%S,%f",
            "04.05.2025 14:02:19,5",
            "2025-05-04 14:02:19.5",
        ),
        ("%F %T", "2025-05-04 14:02:19", "2025-05-04 14:02:19"),
        (
            "%F %T%z",
            "2025-05-04 14:02:19+02:00",
            "2025-05-04T12:02:19Z",
        ),
        (
            "%F %T%:z",
            "2025-05-04 14:02:19+02:00",
            "2025-05-04T12:02:19Z",
        ),
        ("%F %T %Z", "2025-05-04 14:02:19 CEST", ""),
        ("%y%m%d %H%M%S", "081109 203615", "2008-11-09 20:36:15"),
        (
            "%Y%m%d-%-H:%-M:%-S:%L",
            "20171224-0:28:0:83",
            "2017-12-24 00:28:00.083",
        ),
        (
            "%m/%d/%Y, %I:%M:%S %p",
            "05/04/2025, 2:02:19 PM",
            "2025-05-04 14:02:19",
        ),
        (
            "%m/%d/%Y, %I:%M:%S %p",
            "05/04/2025, 12:02:19 AM",
            "2025-05-04 00:02:19",
        ),
        (
            "%a %b %e %H:%M:%S %Y",
            "Sun May  4 14:02:19 2025",
            "2025-05-04 14:02:19",
        ),
        (
            "%m-%d %H:%M:%S.%3f",
            "05-04 14:02:19.123",
            "05-04 14:02:19.123",
        ),
        ("%H:%M", "14:02", "14:02:00"),
        ("%s", "1746367339.5", "2025-05-04T14:02:19.5Z"),
        ("[%s]", "[1746367339123]", "2025-05-04T14:02:19.123Z"),
        ("%k:%M:%S", " 4:02:19", "04:02:19"),
        ("%H%%%M", "14%02", "14:02:00"),
    ] {
        let found = StampFormat::parse(pattern)
            .unwrap()
            .read(text.as_bytes(), 0);
        // A blank is a blank of the pattern, which the zone would take.
        if expected.is_empty() {
            continue;
        }
        let found = found.unwrap_or_else(|| panic!("{pattern}: {text}"));
        assert_eq!(Some(found.moment), moment(expected), "{pattern}: {text}");
        assert_eq!(found.end, text.len(), "{pattern}: {text}");
    }
}

#[test]
fn other_texts_are_not() {
    let pattern = StampFormat::parse("%d.%m.%Y %H:%M:%S").unwrap();
    for text in [
        "",
        "04.05.2025",
        "04.05.2025 14:02:19x",
        "32.05.2025 14:02:19",
        "4-5-2025 1:2:3",
    ] {
        assert_eq!(pattern.read(text.as_bytes(), 0), None, "{text}");
    }
}

//! What is a duration, and how it is written.

use std::time::Duration;

use super::{format_duration, parse_duration};

#[test]
fn a_number_and_a_unit_are_a_duration_that_is_written_in_its_largest_unit() {
    for (text, millis, shown) in [
        ("0s", 0, "0s"),
        ("1ms", 1, "1ms"),
        ("5s", 5_000, "5s"),
        ("1500ms", 1_500, "1500ms"),
        ("60s", 60_000, "1m"),
        ("90m", 5_400_000, "90m"),
        ("2h", 7_200_000, "2h"),
        ("99999999999h", 359_999_999_996_400_000, "99999999999h"),
    ] {
        let duration = parse_duration(text).unwrap();
        assert_eq!(duration, Duration::from_millis(millis), "{text}");
        assert_eq!(format_duration(duration), shown, "{text}");
    }
    assert_eq!(format_duration(Duration::from_micros(7)), "7µs");
}

#[test]
fn nothing_else_is_a_duration() {
    for text in [
        "",
        "5",
        "s",
        "-1s",
        "+5s",
        "5 s",
        " 5s",
        "5S",
        "5sec",
        "1.5s",
        "5d",
        "1h30m",
        "٣s",
        "18446744073709551616ms",
        "18446744073709551615h",
        "9999999999999h",
    ] {
        let error = parse_duration(text).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "unknown duration {text:?}; allowed: a number with one of the units ms, s, m, h, such as 5s"
            )
        );
    }
}

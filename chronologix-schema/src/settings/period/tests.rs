//! What is a period, and how it is written.

use std::time::Duration;

use super::Period;

#[test]
fn a_number_and_a_unit_are_a_period_that_is_written_in_its_largest_unit() {
    for (text, millis, shown) in [
        ("1ms", 1, "1ms"),
        ("5s", 5_000, "5s"),
        ("1500ms", 1_500, "1500ms"),
        ("60s", 60_000, "1m"),
        ("90m", 5_400_000, "90m"),
        ("2h", 7_200_000, "2h"),
    ] {
        let period = text.parse::<Period>().unwrap();
        assert_eq!(period.duration(), Duration::from_millis(millis), "{text}");
        assert_eq!(period.to_string(), shown, "{text}");
    }
    assert_eq!(Period::from(Duration::from_micros(7)).to_string(), "7µs");
}

#[test]
fn nothing_else_is_a_period() {
    for text in [
        "",
        "5",
        "s",
        "0s",
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
    ] {
        let error = text.parse::<Period>().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "unknown period {text:?}; allowed: a number above 0 with one of the units ms, s, m, h, such as 5s"
            )
        );
    }
}

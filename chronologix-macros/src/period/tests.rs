//! What is a period.

use super::nanos;

#[test]
fn a_number_and_a_unit_are_a_period() {
    for (text, expected) in [
        ("1ms", 1_000_000),
        ("5s", 5_000_000_000),
        ("90m", 5_400_000_000_000),
        ("2h", 7_200_000_000_000),
    ] {
        assert_eq!(nanos(text), Ok(expected), "{text}");
    }
}

#[test]
fn nothing_else_is_a_period() {
    for text in [
        "",
        "5",
        "s",
        "0s",
        "-1s",
        "5 s",
        "5sec",
        "1.5s",
        "5d",
        "1h30m",
        "99999999999h",
    ] {
        let message = nanos(text).unwrap_err();
        assert!(
            message.starts_with(&format!("unknown period \"{text}\"; allowed: ")),
            "{message}"
        );
    }
}

//! What is a period.

use super::millis;

#[test]
fn a_number_and_a_unit_are_a_period() {
    for (text, expected) in [
        ("1ms", 1),
        ("5s", 5_000),
        ("90m", 5_400_000),
        ("2h", 7_200_000),
        ("99999999999h", 359_999_999_996_400_000),
    ] {
        assert_eq!(millis(text), Ok(expected), "{text}");
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
        "9999999999999h",
    ] {
        let message = millis(text).unwrap_err();
        assert!(
            message.starts_with(&format!("unknown period \"{text}\"; allowed: ")),
            "{message}"
        );
    }
}

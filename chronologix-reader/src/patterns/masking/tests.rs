//! Remembered masks are those that a message has by itself.

use proptest::{collection::vec, prelude::*};

use super::*;

fn by_itself(message: &[u8]) -> Vec<u8> {
    let mut masked = Vec::new();
    mask(message, &mut masked);
    masked
}

/// Puts other digits in the place of those of a text.
fn with_digits(text: &str, digits: &[u8]) -> String {
    let mut digits = digits.iter().cycle();
    let replace = |letter: char| match digits.next() {
        Some(digit) if letter.is_ascii_digit() => char::from(b'0' + digit % 10),
        _ => letter,
    };
    text.chars().map(replace).collect()
}

const PARTS: &str =
    "( |[0-9]{1,5}|0x|[a-fx]{1,9}|[A-Z]|/|:|\\.|=|-|\"|,|Jul|UTC|ms| MB|http://|\\.log){0,12}";

proptest! {
    #[test]
    fn a_remembered_mask_is_that_of_the_message(
        texts in vec(PARTS, 1..4),
        digits in vec(vec(0_u8..10, 1..9), 1..9),
    ) {
        let mut masking = Masking::default();
        for (text, digits) in texts.iter().cycle().zip(digits.iter().chain(&digits)) {
            let message = with_digits(text, digits);
            let expected = by_itself(message.as_bytes());
            prop_assert_eq!(masking.masked(message.as_bytes()), expected, "{}", message);
        }
    }
}

#[test]
fn messages_that_are_long_or_have_hexadecimal_numbers_are_masked_as_well() {
    let mut masking = Masking::default();
    let long = format!("request 7 of {}", "word ".repeat(80));
    for message in [
        "",
        "at 0x1f",
        "at 1x1f",
        "at 0x2f",
        "on Jul 01 1234",
        "on Jul 01 2005",
        &long,
    ] {
        let expected = by_itself(message.as_bytes());
        assert_eq!(masking.masked(message.as_bytes()), expected, "{message}");
    }
}

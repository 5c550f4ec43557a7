//! The members of objects.

use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(text: &str, expected: &[(&str, &str)]) {
    let found = members(text.as_bytes()).unwrap();
    let found: Vec<_> = found
        .map(|(key, value)| (str::from_utf8(key).unwrap(), str::from_utf8(value).unwrap()))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn members_stand_as_they_are_written() {
    check(
        r#"{"a":1,"b\"c":"d\\","nested":{"x":["}",2]} , "long name of a member":"\"" }"#,
        &[
            ("a", "1"),
            (r#"b\"c"#, r#""d\\""#),
            ("nested", r#"{"x":["}",2]}"#),
            ("long name of a member", r#""\"""#),
        ],
    );
    // What is cut off has no end.
    check(r#"{"a":1,"b":"c\"#, &[("a", "1")]);
    check(r#"{"a":1,"b":"c\""#, &[("a", "1")]);
}

proptest! {
    #[test]
    fn the_first_mark_is_found_as_by_one_byte_after_the_other(
        text in prop::collection::vec(
            prop_oneof![Just(b'"'), Just(b'\\'), Just(b'!'), Just(b'#'), Just(b'x'), any::<u8>()],
            0..40,
        ),
    ) {
        let expected = text.iter().position(|byte| matches!(byte, b'"' | b'\\'));
        let found = near_mark(&text);
        match expected {
            Some(at) if found.is_some() => prop_assert_eq!(found, Some(at)),
            // It is too far away, or too near to the end of the text.
            Some(at) => prop_assert!(at >= 16 || text.len() < at / 8 * 8 + 8),
            None => prop_assert_eq!(found, None),
        }
    }
}

//! Timestamp formats: what is allowed, and what the errors say.

use proptest::prelude::*;

use super::{Item, Padding, TimestampFormat};

fn field(letter: char) -> Item {
    Item::Field {
        letter,
        padding: Padding::Usual,
    }
}

fn literal(text: &str) -> Item {
    Item::Literal(text.to_owned())
}

#[track_caller]
fn items(text: &str) -> Vec<Item> {
    TimestampFormat::parse(text).unwrap().items
}

#[test]
fn composite_directives_are_taken_apart() {
    let time = [
        field('H'),
        literal(":"),
        field('M'),
        literal(":"),
        field('S'),
    ];
    for same in ["%H:%M:%S", "%T", "%X"] {
        assert_eq!(items(same), time);
    }
    assert_eq!(items("%D"), items("%m/%d/%y"));
    assert_eq!(items("%x %c"), items("%m/%d/%y %a %b %e %H:%M:%S %Y"));
    assert_eq!(items("%F_%R"), items("%Y-%m-%d_%H:%M"));
    assert_eq!(items("rfc3339"), items("%Y-%m-%dT%H:%M:%S.%f%:z"));
    assert_eq!(items("100%% ü"), [literal("100% ü")]);
    assert_eq!(
        items("%-d"),
        [Item::Field {
            letter: 'd',
            padding: Padding::None
        }]
    );
}

#[test]
fn presets_are_valid() {
    assert_eq!(
        TimestampFormat::default(),
        TimestampFormat::parse("%H:%M:%S").unwrap()
    );
    assert_eq!(
        TimestampFormat::rfc3339(),
        TimestampFormat::parse("rfc3339").unwrap()
    );
    assert_eq!(TimestampFormat::rfc3339().as_str(), "rfc3339");
    assert_eq!("%H".parse(), TimestampFormat::parse("%H"));
}

#[test]
fn every_directive_of_python_is_allowed() {
    for letter in "aAwdbBmyYHIpMSfzZjUWcxX%GuV"
        .chars()
        .chain("FTRDes".chars())
    {
        TimestampFormat::parse(&format!("%{letter}")).unwrap();
    }
}

#[track_caller]
fn refuses(text: &str, expected: &str) {
    let message = TimestampFormat::parse(text).unwrap_err().to_string();
    let (reason, allowed) = message.split_once("; allowed: ").unwrap_or((&message, ""));
    assert_eq!(reason, expected);
    assert!(!allowed.contains("  "), "{message}");
}

#[test]
fn errors_name_the_place() {
    refuses("", r#"bad timestamp format "": it is empty"#);
    refuses(
        "%H:%Q",
        r#"bad timestamp format "%H:%Q": unknown directive %Q at byte 3"#,
    );
    refuses(
        "ü%ü",
        r#"bad timestamp format "ü%ü": unknown directive %ü at byte 2"#,
    );
    refuses(
        "%-f",
        r#"bad timestamp format "%-f": unknown directive %-f at byte 0"#,
    );
    refuses(
        "%-",
        r#"bad timestamp format "%-": unknown directive %- at byte 0"#,
    );
    refuses(
        "%6f",
        r#"bad timestamp format "%6f": unknown directive %6 at byte 0"#,
    );
    refuses(
        "%:H",
        r#"bad timestamp format "%:H": unknown directive %:H at byte 0"#,
    );
    refuses(
        "%H%",
        r#"bad timestamp format "%H%": unfinished directive % at byte 2 (%% is a %)"#,
    );
    refuses(
        "%H\n",
        r#"bad timestamp format "%H\n": control character '\n' at byte 2"#,
    );
    refuses(
        "\t%H",
        r#"bad timestamp format "\t%H": control character '\t' at byte 0"#,
    );
    refuses(
        "%H\u{202e}",
        r#"bad timestamp format "%H\u{202e}": control character '\u{202e}' at byte 2"#,
    );
}

#[test]
fn a_format_says_which_of_two_hours_it_means() {
    for text in ["rfc3339", "%T %z", "%T %:z", "%T %Z", "%s", "%-s.%f"] {
        assert!(TimestampFormat::parse(text).unwrap().has_offset(), "{text}");
    }
    for text in ["%T", "%c", "%d.%m. %H:%M:%S.%f", "%T %%z", "%S s", "z:Zs"] {
        assert!(
            !TimestampFormat::parse(text).unwrap().has_offset(),
            "{text}"
        );
    }
}

proptest! {
    #[test]
    fn any_text_is_a_format_or_an_error(text in any::<String>()) {
        if let Err(error) = TimestampFormat::parse(&text) {
            prop_assert!(error.to_string().starts_with("bad timestamp format "));
        }
    }
}

//! Fields, in text and in JSON.

use super::{LineStyle, TEXT, callsite, line, message};
use chronologix_schema::layout::Multiline;

use crate::codec::{
    arg::AsRaw as _,
    encode::{Encode, Formatted},
};

/// The field as text, and as JSON.
fn field(arg: impl Encode) -> [String; 2] {
    let callsite = callsite("message").keys(&["key"]);
    let args = (arg, ());
    let text = line(&callsite, &args, TEXT);
    let json = line(&callsite, &args, LineStyle::Json);
    let whole = format!("{{\"message\":{json}}}");
    let parsed = serde_json::from_str::<serde_json::Value>(&whole);
    assert!(parsed.is_ok(), "{whole}");
    [
        text.strip_prefix("message key=").unwrap().to_owned(),
        json.strip_prefix("\"message\",\"key\":")
            .unwrap()
            .to_owned(),
    ]
}

macro_rules! check_field {
    ($value:expr, $text:expr, $json:expr) => {{
        let value = $value;
        let seen = field(value.as_raw());
        assert_eq!(seen, [$text, $json]);
    }};
}

#[test]
fn numbers_keep_their_type() {
    check_field!(7_u8, "7", "7");
    check_field!(i64::MIN, "-9223372036854775808", "-9223372036854775808");
    check_field!(
        u128::MAX,
        "340282366920938463463374607431768211455",
        "340282366920938463463374607431768211455"
    );
    check_field!(1.0_f64, "1", "1.0");
    check_field!(-0.0_f32, "-0", "-0.0");
    check_field!(0.1_f32, "0.1", "0.1");
    check_field!(1e300_f64, &format!("{}", 1e300_f64), "1e300");
    check_field!(5e-324_f64, &format!("{}", 5e-324_f64), "5e-324");
    check_field!(true, "true", "true");
    check_field!(false, "false", "false");
}

#[test]
fn what_json_has_no_number_for_is_text() {
    check_field!(f64::NAN, "NaN", "\"NaN\"");
    check_field!(f32::INFINITY, "inf", "\"inf\"");
    check_field!(f64::NEG_INFINITY, "-inf", "\"-inf\"");
}

#[test]
fn texts_are_quoted_when_they_must_be() {
    check_field!("plain", "plain", r#""plain""#);
    check_field!("päivää", "päivää", r#""päivää""#);
    check_field!("", r#""""#, r#""""#);
    check_field!("two words", r#""two words""#, r#""two words""#);
    check_field!("a=b", r#""a=b""#, r#""a=b""#);
    check_field!("say \"hi\"", r#""say \"hi\"""#, r#""say \"hi\"""#);
    check_field!("C:\\dir", r"C:\dir", r#""C:\\dir""#);
    check_field!("C:\\my dir", r#""C:\\my dir""#, r#""C:\\my dir""#);
    check_field!('x', "x", r#""x""#);
    check_field!('"', r#""\"""#, r#""\"""#);
    check_field!(' ', r#"" ""#, r#"" ""#);
}

#[test]
fn hostile_texts_stay_in_their_place() {
    for hostile in [
        "a\nb",
        "\r\n[12:00:00] [ERROR] forged",
        "\u{1b}[2J",
        "\u{202e}evil",
        "\u{2028}x",
        "\0",
        "x\" other=\"y",
        "\",\"level\":\"CRITICAL",
        "\\\" x=1",
        "\u{e0041}",
        "\u{200b}",
        "\u{7f}\u{85}",
    ] {
        let [text, json] = field(hostile.as_raw());
        let is_visible = |line: &str| {
            line.chars().all(|letter| {
                !letter.is_control() && !"\u{202e}\u{2028}\u{200b}\u{e0041}".contains(letter)
            })
        };
        assert!(is_visible(&text), "{text:?}");
        assert!(is_visible(&json), "{json:?}");
        assert!(text.starts_with('"') && text.ends_with('"'), "{text}");
        let inner = &text[1..text.len() - 1];
        assert!(
            !inner.replace("\\\\", "").replace("\\\"", "").contains('"'),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), hostile);
        assert_eq!(
            field(Formatted(format_args!("{hostile}"))),
            [text, json],
            "as formatted by the caller"
        );
    }
}

#[test]
fn a_formatted_value_is_text_in_json() {
    let numbers = [1, 2];
    let seen = field(Formatted(format_args!("{numbers:?}")));
    assert_eq!(seen, [r#""[1, 2]""#, r#""[1, 2]""#]);
    assert_eq!(field(Formatted(format_args!("{}", 7))), ["7", r#""7""#]);
}

#[test]
fn fields_follow_the_message_in_their_order() {
    let callsite = callsite("said: {}").keys(&["b", "odd key", "a"]);
    let (a, b, c) = ("x\ny=\"z\"", 1, "two words");
    let args = (a.as_raw(), (b.as_raw(), (c.as_raw(), (a.as_raw(), ()))));
    assert_eq!(
        line(&callsite, &args, TEXT),
        r#"said: x\ny="z" b=1 "odd key"="two words" a="x\ny=\"z\"""#
    );
    assert_eq!(
        line(&callsite, &args, LineStyle::Text(Multiline::Indent)),
        "said: x\n\ty=\"z\" b=1 \"odd key\"=\"two words\" a=\"x\\ny=\\\"z\\\"\""
    );
    assert_eq!(
        line(&callsite, &args, LineStyle::Json),
        r#""said: x\ny=\"z\"","b":1,"odd key":"two words","a":"x\ny=\"z\"""#
    );
}

#[test]
fn a_message_without_holes_or_text_is_empty() {
    assert_eq!(line(&callsite(""), &(), TEXT), "");
    assert_eq!(line(&callsite(""), &(), LineStyle::Json), r#""""#);
}

#[test]
fn an_escaped_brace_is_one_and_text_of_any_length_is_whole() {
    let seven = || (Formatted(format_args!("7")), ());
    assert_eq!(message(&callsite("{{}}{{{}}}"), seven()), "{}{7}");
    for length in 0..=70 {
        let text = ('a'..='z').cycle().take(length).collect::<String>();
        let template = String::leak(format!("{text}{{}}{text}"));
        let expected = format!("{text}7{text}");
        assert_eq!(message(&callsite(template), seven()), expected);
    }
}

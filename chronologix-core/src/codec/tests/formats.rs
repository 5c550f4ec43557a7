//! Every type that travels as it is, with every kind of spec.

use std::{borrow::Cow, rc::Rc, sync::Arc};

use super::check;

#[test]
fn integers() {
    macro_rules! all {
        ($($type:ty)*) => {$(
            for value in [0, 1, 7, <$type>::MIN, <$type>::MAX, <$type>::MAX / 3] {
                check!(value => "{}" "{:?}" "{:x}" "{:X}" "{:#x}" "{:o}" "{:#o}" "{:b}" "{:#010b}" "{:e}" "{:E}" "{:+}"
                    "{:50}" "{:<50}" "{:^50}" "{:>50}" "{:*>50}" "{:050}" "{:#?}" "{:x?}" "{:X?}" "{:+.2e}" "{:_^+50}");
            }
        )*};
    }
    all!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
    for value in [-1_i64, -128, i64::MIN + 1] {
        check!(value => "{}" "{:?}" "{:x}" "{:b}" "{:08}" "{:+}" "{:e}");
    }
}

#[test]
fn floats() {
    macro_rules! all {
        ($($type:ident)*) => {$(
            for value in [
                0.0, -0.0, 1.0, -1.5, 0.1, 1e16, 1e-7, 123_456.79, $type::MIN, $type::MAX, $type::MIN_POSITIVE, $type::EPSILON,
                $type::from_bits(1), $type::NAN, -$type::NAN, $type::INFINITY, $type::NEG_INFINITY, std::f64::consts::PI as $type,
            ] {
                check!(value => "{}" "{:?}" "{:.0}" "{:.3}" "{:10.2}" "{:+}" "{:e}" "{:E}" "{:.2e}" "{:<12}|" "{:^+12.1}|" "{:012.3}"
                    "{:#?}" "{:.30}");
            }
        )*};
    }
    #[expect(clippy::cast_possible_truncation, reason = "of pi, a part is enough")]
    {
        all!(f32 f64);
    }
}

#[test]
fn truth() {
    for value in [true, false] {
        check!(value => "{}" "{:?}" "{:8}|" "{:>8}|" "{:-^9}" "{:.2}");
    }
}

#[test]
fn characters() {
    let edges = [
        '\0',
        '\t',
        '\n',
        '\r',
        ' ',
        '"',
        '\'',
        '\\',
        '{',
        '<',
        'a',
        '\x7f',
        '\u{80}',
        'é',
        '\u{7ff}',
        '\u{800}',
        '\u{d7ff}',
        '\u{e000}',
        '\u{fffd}',
        '\u{ffff}',
        '\u{10000}',
        '🦀',
        '\u{10ffff}',
        '\u{202e}',
        '\u{feff}',
        '\u{2028}',
    ];
    for value in edges {
        check!(value => "{}" "{:?}" "{:5}|" "{:>5}|" "{:é^5}" "{:.0}");
    }
}

#[test]
fn every_type_that_is_text() {
    let texts = [
        "",
        " ",
        "plain",
        "ünïcödé 🦀",
        "\"quoted\" and \\back\\",
        "a\nb\r\n\tc",
        "\0\u{1b}[31m\u{7f}",
        "\u{202e}drow\u{2028}",
        "{}",
        "<>",
        "e\u{301}",
        "[2025] forged",
    ];
    for text in texts {
        macro_rules! as_all {
            ($($value:expr),+ $(,)?) => {$(
                check!($value => "{}" "{:?}" "{:20}|" "{:>20}|" "{:*^20}" "{:.3}" "{:>8.2}|" "{:#?}" "{:.0}");
            )+};
        }
        let string = text.to_owned();
        let mut mutable = text.to_owned();
        as_all!(
            text,
            string.clone(),
            Box::<str>::from(text),
            Arc::<str>::from(text),
            Rc::<str>::from(text),
            Cow::Borrowed(text),
            Cow::<str>::Owned(string.clone()),
            &text,
            &&string,
            &mut mutable,
        );
    }
}

#[test]
fn numbers_behind_references() {
    let number = -7;
    let mut mutable = 1.5;
    check!(&number => "{}" "{:?}" "{:+}" "{:x}");
    check!(&&&number => "{}" "{:5}");
    check!(&mut mutable => "{}" "{:.3}");
    check!(&'x' => "{}" "{:?}");
}

#[test]
fn everything_else_is_formatted_by_the_caller() {
    #[derive(Debug)]
    #[expect(dead_code, reason = "seen through `Debug`")]
    struct Point {
        x: i32,
        y: Option<&'static str>,
    }
    struct Shown(Point);
    impl std::fmt::Display for Shown {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.pad_integral(true, "", &self.0.x.to_string())
        }
    }
    let point = || Point {
        x: 3,
        y: Some("quo\"te"),
    };
    check!(Shown(point()) => "{}" "{:>9}" "{:<9}" "{:+}" "{:09}");
    check!(std::num::NonZeroU8::MAX => "{}" "{:?}" "{:x}" "{:>8}");
    check!(std::net::Ipv4Addr::LOCALHOST => "{}" "{:?}" "{:>20}");
    check!(String::from_utf8_lossy(b"a\xffb") => "{}" "{:?}" "{:>9}");
    check!(format_args!("{}-{}", 1, "x") => "{}" "{:?}" "{:>20}");
    for value in [DebugOnly(vec![1, 2]), DebugOnly(vec![])] {
        check!(value => "{:?}" "{:#?}" "{:04?}");
    }
    let _ = point();
}

/// A type with nothing but `Debug`, as far as the checks go.
struct DebugOnly(Vec<i32>);

impl std::fmt::Debug for DebugOnly {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::fmt::Display for DebugOnly {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("shown")
    }
}

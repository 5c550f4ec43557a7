//! Tables: a template and its pieces, a template and what is wrong with it.

use super::{Argument, Piece, as_format, has_angles, parse};

/// Pieces as a line: text in quotes, placeholders as `{argument:spec}` with the arguments that the
/// spec takes as `$name`.
fn describe(text: &str) -> String {
    let argument = |argument: Argument<'_>| match argument {
        Argument::Index(index) => index.to_string(),
        Argument::Name(name) => String::from(name),
    };
    let pieces = parse(text).unwrap();
    let pieces: Vec<_> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => format!("'{text}'"),
            Piece::Placeholder(placeholder) => {
                let mut places = 1..;
                let spec = placeholder.spec.to_format(|_| places.next().unwrap());
                let mut taken = String::new();
                for name in placeholder.spec.arguments() {
                    taken += " $";
                    taken += &argument(name);
                }
                format!("{{{}:{spec}{taken}}}", argument(placeholder.argument))
            }
        })
        .collect();
    pieces.join(" ")
}

#[test]
fn takes_templates_apart() {
    for (text, pieces) in [
        ("", ""),
        ("plain", "'plain'"),
        // Angle brackets.
        ("<>", "{0:}"),
        ("a <> b <>", "'a ' {0:} ' b ' {1:}"),
        ("<:?>", "{0:?}"),
        ("<:>8.2>", "{0:>8.2}"),
        ("<:*<8>", "{0:*<8}"),
        ("<:>>5>", "{0:>>5}"),
        ("<:>>", "{0:} '>'"),
        ("<:?>>", "{0:?} '>'"),
        ("<:#010x>", "{0:#010x}"),
        ("<:+>", "{0:+}"),
        ("<:8 >", "{0:8}"),
        ("<:é^4>", "{0:é^4}"),
        ("<:>w$.p$?>", "{0:>1$.2$? $w $p}"),
        ("<:.*>", "{1:.1$ $0}"),
        // Angle brackets that are text.
        ("<<>>", "'<>'"),
        ("<<<>>>", "'<' '<>' '>'"),
        ("<<>", "'<' {0:}"),
        ("<>>", "{0:} '>'"),
        ("<>>>", "{0:} '>>'"),
        ("a < b > c", "'a < b > c'"),
        ("Vec<u8> -> <b> => <= >=", "'Vec<u8> -> <b> => <= >='"),
        ("A <: B", "'A <: B'"),
        ("A <: B and b > c", "'A <: B and b > c'"),
        ("<:", "'<:'"),
        ("<", "'<'"),
        ("<é>", "'<é>'"),
        // Braces.
        ("{}", "{0:}"),
        ("{} <> {}", "{0:} ' ' {1:} ' ' {2:}"),
        ("{1} {} {0} <>", "{1:} ' ' {0:} ' ' {0:} ' ' {1:}"),
        ("{name} {größe:?}", "{name:} ' ' {größe:?}"),
        ("<> {नमस्ते:?}", "{0:} ' ' {नमस्ते:?}"),
        ("{:}", "{0:}"),
        ("{ }", "{0:}"),
        ("{0 }", "{0:}"),
        ("{:>8} {:^+#08.3e}", "{0:>8} ' ' {1:^+#08.3e}"),
        ("{:x?} {:X?} {:#?}", "{0:x?} ' ' {1:X?} ' ' {2:#?}"),
        ("{:0}", "{0:0}"),
        ("{:0$}", "{0:1$ $0}"),
        ("{:00$}", "{0:01$ $0}"),
        ("{:1$}", "{0:1$ $1}"),
        ("{:.1$}", "{0:.1$ $1}"),
        ("{:width$.prec$}", "{0:1$.2$ $width $prec}"),
        ("{:.*} {}", "{1:.1$ $0} ' ' {2:}"),
        ("{0:.*} {}", "{0:.1$ $0} ' ' {1:}"),
        ("{:x$x}", "{0:1$x $x}"),
        ("{:}>5}", "{0:}>5}"),
        ("{:p}", "{0:p}"),
        // Braces that are text.
        ("{{}}", "'{' '}'"),
        ("{{{}}}", "'{' {0:} '}'"),
        ("a {{<>}} b", "'a ' '{' {0:} '}' ' b'"),
    ] {
        assert_eq!(describe(text), pieces, "{text:?}");
    }
}

#[test]
fn says_what_is_wrong_and_where() {
    for (text, at, message) in [
        (
            "a {",
            "{",
            "`{` is never closed; for a brace in the text write `{{`",
        ),
        (
            "a {b",
            "{",
            "`{` is never closed; for a brace in the text write `{{`",
        ),
        (
            "a } b",
            "}",
            "`}` has no `{` before it; for a brace in the text write `}}`",
        ),
        (
            "{a.b}",
            ".",
            "expected `}`, found `.`; for a brace in the text write `{{`",
        ),
        (
            "{:?é}",
            "é",
            "expected `}`, found `é`; for a brace in the text write `{{`",
        ),
        (
            "{:.2f}",
            "f",
            "unknown format type `f`; allowed: `?`, `x?`, `X?`, `x`, `X`, `o`, `b`, `e`, `E`, `p`",
        ),
        ("{:.}", "", "expected a number after `.`"),
        ("{:70000}", "70000", "`70000` is more than 65535"),
        (
            "{99999999999999999999}",
            "{99999999999999999999",
            "there is no such argument",
        ),
        (
            "x <:.2f>",
            "<:.2f>",
            "`<:.2f>`: unknown format type `f`; allowed: `?`, `x?`, `X?`, `x`, `X`, `o`, `b`, `e`, `E`, `p`",
        ),
        ("<:8!>", "<:8!>", "`<:8!>`: this is not a format spec"),
        ("<::>", "<::>", "`<::>`: this is not a format spec"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(
            (&text[error.range], error.message.as_str()),
            (at, message),
            "{text:?}"
        );
    }
}

#[test]
fn speaks_as_format_does() {
    for (text, format) in [
        ("", ""),
        ("{} {a:>8} {{ }}", "{} {a:>8} {{ }}"),
        ("<> <:>8.2> <:?>>", "{} {:>8.2} {:?}>"),
        ("<<>> {{<>}}", "<> {{{}}}"),
        ("<:>> <: >> <: 5>", "{}> {}> <: 5>"),
        ("<:.*> A <: B", "{:.*} A <: B"),
    ] {
        assert_eq!(as_format(&parse(text).unwrap()), format, "{text:?}");
    }
}

#[test]
fn knows_its_own_dialect() {
    for (text, is_ours) in [
        ("{} {", false),
        ("a < b", false),
        ("<>", true),
        ("<:?>", true),
    ] {
        assert_eq!(has_angles(text), is_ours, "{text:?}");
    }
}

//! The bound of a record.

use std::fmt::{self, Write as _};

use super::{check, encode, message};
use crate::{
    codec::{
        arg::{Arg, RawArg as _},
        encode::{Formatted, MAX_RECORD_BYTES},
    },
    format::{
        message::{MessageWriter, Template},
        value::Value,
    },
};

const CUT: &str = "… [cut at 1 MiB]";

struct One;

impl<V: Value> Template<(V, ())> for One {
    fn render((value, ()): (V, ()), out: &mut MessageWriter<'_>) {
        value.plain(out);
    }
}

/// A text in pieces, formatted by the caller.
struct Pieces<'a>(&'a str, usize);

impl fmt::Display for Pieces<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..self.1).try_for_each(|_| f.write_str(self.0))
    }
}

#[test]
fn a_text_of_the_greatest_length_is_whole() {
    check!("x".repeat(MAX_RECORD_BYTES) => "{}");
    check!(Pieces("xyzä", MAX_RECORD_BYTES / 5) => "{}");
}

#[test]
fn a_longer_one_is_cut_between_two_characters_and_says_so() {
    for (letter, ahead) in [
        ("x", ""),
        ("é", "x"),
        ("€", "xx"),
        ("🦀", "xyz"),
        ("🦀", "x"),
        ("é", ""),
    ] {
        let text = format!("{ahead}{}", letter.repeat(MAX_RECORD_BYTES + 1));
        let most = (MAX_RECORD_BYTES - ahead.len()) / letter.len();
        let expected = format!("{ahead}{}{CUT}", letter.repeat(most));
        let args = ((&Arg(&text)).__encode(format_args!("")), ());
        assert!(message(args, One) == expected, "{letter} as it is");
        let pieces = Pieces(letter, MAX_RECORD_BYTES + 1);
        let seen = message((Formatted(format_args!("{ahead}{pieces}")), ()), One);
        assert!(seen == expected, "{letter} in pieces");
    }
}

#[test]
fn one_byte_too_many_is_cut() {
    let text = "x".repeat(MAX_RECORD_BYTES + 1);
    let args = ((&Arg(&text)).__encode(format_args!("")), ());
    let message = message(args, One);
    assert!(message.ends_with(CUT));
    assert_eq!(message.len(), MAX_RECORD_BYTES + CUT.len());
}

#[test]
fn the_bound_counts_all_arguments_and_a_long_one_leaves_the_others_some_room() {
    struct Three;
    impl<A: Value, B: Value, C: Value> Template<(A, (B, (C, ())))> for Three {
        fn render((a, (b, (c, ()))): (A, (B, (C, ()))), out: &mut MessageWriter<'_>) {
            let mut first = String::new();
            write!(first, "{a}").unwrap();
            out.formatted(format_args!("{} {b} {c}", first.len()));
        }
    }
    let long = "x".repeat(2 * MAX_RECORD_BYTES);
    let short = "short";
    let args = (
        (&Arg(&long)).__encode(format_args!("")),
        (
            (&Arg(&short)).__encode(format_args!("")),
            ((&Arg(&42)).__encode(format_args!("")), ()),
        ),
    );
    let expected = format!("{} short 42", MAX_RECORD_BYTES + CUT.len());
    assert_eq!(message(args, Three), expected);
    let args = (
        (&Arg(&long)).__encode(format_args!("")),
        (
            (&Arg(&long)).__encode(format_args!("")),
            ((&Arg(&long)).__encode(format_args!("")), ()),
        ),
    );
    assert!(
        encode(&args).len() < MAX_RECORD_BYTES + 1024,
        "there is a bound"
    );
}

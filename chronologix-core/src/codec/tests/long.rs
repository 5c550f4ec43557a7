//! The bound of a record.

use std::fmt;

use super::{callsite, check, encode, message};
use crate::codec::{
    arg::AsRaw as _,
    encode::{Formatted, MAX_RECORD_BYTES},
};

const CUT: &str = "… [cut at 1 MiB]";

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
        let args = (text.as_raw(), ());
        assert!(
            message(&callsite("{}"), args) == expected,
            "{letter} as it is"
        );
        let pieces = Pieces(letter, MAX_RECORD_BYTES + 1);
        let seen = message(
            &callsite("{}"),
            (Formatted(format_args!("{ahead}{pieces}")), ()),
        );
        assert!(seen == expected, "{letter} in pieces");
    }
}

#[test]
fn one_byte_too_many_is_cut() {
    let text = "x".repeat(MAX_RECORD_BYTES + 1);
    let args = (text.as_raw(), ());
    let message = message(&callsite("{}"), args);
    assert!(message.ends_with(CUT));
    assert_eq!(message.len(), MAX_RECORD_BYTES + CUT.len());
}

#[test]
fn the_bound_counts_all_arguments_and_a_long_one_leaves_the_others_some_room() {
    let callsite = callsite("{} {} {}").formats(&[(0, |first, out| {
        out.formatted(format_args!("{}", first.to_string().len()));
    })]);
    let long = "x".repeat(2 * MAX_RECORD_BYTES);
    let short = "short";
    let args = (long.as_raw(), (short.as_raw(), (42.as_raw(), ())));
    let expected = format!("{} short 42", MAX_RECORD_BYTES + CUT.len());
    assert_eq!(message(&callsite, args), expected);
    let args = (long.as_raw(), (long.as_raw(), (long.as_raw(), ())));
    assert!(
        encode(&args).len() < MAX_RECORD_BYTES + 1024,
        "there is a bound"
    );
}

//! Any values, in any number, through the whole way.

use proptest::prelude::*;

use super::{callsite, check, encode, message};
use crate::codec::{
    arg::{Arg, AsRaw as _, FormattedArg as _, RawArg as _},
    decode::Decoder,
    encode::Encode as _,
};

proptest! {
    #[test]
    fn integers(value: i64, wide: u128, small: i8) {
        check!(value => "{}" "{:?}" "{:x}" "{:#b}" "{:+021}" "{:e}");
        check!(wide => "{}" "{:#X}" "{:o}" "{:<42}|");
        check!(small => "{}" "{:02x}" "{:>+6}");
    }

    #[test]
    fn floats(bits: u64, small: u32) {
        check!(f64::from_bits(bits) => "{}" "{:?}" "{:.3}" "{:e}" "{:+12.1}");
        check!(f32::from_bits(small) => "{}" "{:?}" "{:.0}" "{:E}");
    }

    #[test]
    fn texts(value in any::<String>(), letter: char) {
        check!(value.as_str() => "{}" "{:?}" "{:>12.4}|" "{:é<9}|");
        check!(value.clone() => "{}" "{:#?}");
        check!(letter => "{}" "{:?}" "{:^4}");
        // By way of the caller's own formatting.
        check!(Some(&value).map_or(Shown(""), |value| Shown(value)) => "{}" "{:?}");
    }

    #[test]
    fn many_at_once(
        number: i32, text in any::<String>(), float: f64, is: bool, letter: char, shown in any::<String>(), wide: i128,
    ) {
        let callsite = callsite("a={} b={} c={} d={}{}{}{}").formats(&[
            (2, |c, out| out.formatted(format_args!("{c:?}"))),
            (3, |d, out| out.formatted(format_args!("{d:>7}"))),
            (6, |g, out| out.formatted(format_args!("{g:#x}"))),
        ]);
        let shown = Shown(&shown);
        let expected = format!("a={number} b={text} c={float:?} d={is:>7}{letter}{shown}{wide:#x}");
        let seen = message(
            &callsite,
            ((&Arg(&number)).__encode(format_args!("{number}")),
            ((&Arg(&text)).__encode(format_args!("{text}")),
            ((&Arg(&float)).__encode(format_args!("{float:?}")),
            ((&Arg(&is)).__encode(format_args!("{is:>7}")),
            ((&Arg(&letter)).__encode(format_args!("{letter}")),
            ((&Arg(&shown)).__encode(format_args!("{shown}")),
            ((&Arg(&wide)).__encode(format_args!("{wide:#x}")), ()))))))),
        );
        prop_assert_eq!(seen, expected);
    }

    /// Damaged bytes never come, but if they did, the writer would go on.
    #[test]
    fn any_bytes_are_taken_as_something(bytes: Vec<u8>) {
        let from = &mut Decoder::new(&bytes);
        let (number, text) = (Raw::<u128>::decode(from), Raw::<str>::decode(from));
        let (letter, is) = (Raw::<char>::decode(from), Raw::<bool>::decode(from));
        let other = Raw::<str>::decode(from);
        let _ = format!("{number:?}{text:?}{letter:?}{is:?}{other:?}");
    }

    #[test]
    fn what_is_put_is_as_long_as_it_says(text in any::<String>(), number: u16) {
        let args = (
            text.as_raw(),
            (number.as_raw(), ()),
        );
        let words = 1 + text.len().div_ceil(8) + 1;
        prop_assert_eq!(encode(&args).len(), 8 * words);
    }
}

type Raw<T> = <T as crate::codec::arg::AsRaw>::Raw<'static>;

#[derive(Debug)]
struct Shown<'a>(&'a str);

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // In pieces, as most implementations do.
        self.0
            .split(' ')
            .try_for_each(|piece| write!(f, "{piece}·"))
    }
}

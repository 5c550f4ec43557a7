//! Digits, compared with std.

use proptest::prelude::*;

use super::{eight_digits, push_fraction, push_number};

fn number(number: u64) -> String {
    let mut out = b"before ".to_vec();
    push_number(&mut out, number);
    String::from_utf8(out).unwrap()
}

fn fraction(millionths: u64) -> String {
    let mut out = b"0".to_vec();
    push_fraction(&mut out, millionths);
    String::from_utf8(out).unwrap()
}

fn expected_fraction(millionths: u64) -> String {
    format!("0.{millionths:06}")
        .trim_end_matches('0')
        .to_owned()
}

#[test]
fn all_parts_are_halved_exactly() {
    // Which digits stand beside them makes no difference.
    for four in 0..10_000 {
        for (number, shift) in [(four * 10_000, 0), (four, 32)] {
            let digits = eight_digits(number) >> shift;
            let places = [1000, 100, 10, 1].map(|place| four / place % 10);
            let expected = places
                .into_iter()
                .rev()
                .fold(0, |all, digit| all << 8 | digit);
            assert_eq!(digits & 0xffff_ffff, expected, "{four}");
        }
    }
}

#[test]
fn numbers_around_powers_of_ten() {
    for exponent in 0..20 {
        let power = 10_u64.pow(exponent);
        for near in [power - 1, power, power + 1, power.saturating_mul(9)] {
            assert_eq!(number(near), format!("before {near}"));
        }
    }
    assert_eq!(number(u64::MAX), format!("before {}", u64::MAX));
}

#[test]
fn fractions_end_before_their_zeros() {
    for millionths in (1..10_000)
        .chain((10_000..1_000_000).step_by(97))
        .chain([999_999, 250_000])
    {
        assert_eq!(fraction(millionths), expected_fraction(millionths));
    }
}

proptest! {
    #[test]
    fn any_number(any: u64, bits in 0..64) {
        let any = any >> bits;
        prop_assert_eq!(number(any), format!("before {any}"));
    }

    #[test]
    fn any_fraction(millionths in 1..1_000_000_u64) {
        prop_assert_eq!(fraction(millionths), expected_fraction(millionths));
    }
}

//! Floats, compared with std.

use proptest::prelude::*;

use super::{Float, push_display, push_json};

fn check<F: Float>(value: F) {
    let mut out = b"before ".to_vec();
    push_display(&mut out, value);
    out.push(b' ');
    push_json(&mut out, value);
    let json = if value.into().is_finite() {
        format!("{value:?}")
    } else {
        format!("\"{value:?}\"")
    };
    let seen = String::from_utf8(out).unwrap();
    assert_eq!(seen, format!("before {value} {json}"));
}

/// A float, its neighbours, and all of them negated.
macro_rules! check_around {
    ($float:ty: $value:expr) => {{
        let bits = <$float>::to_bits($value);
        for bits in [bits, bits.wrapping_sub(1), bits.wrapping_add(1)] {
            check(<$float>::from_bits(bits));
            check(-<$float>::from_bits(bits));
        }
    }};
}

#[test]
fn powers_of_ten_and_halves_of_them() {
    for exponent in -330..=310 {
        for digits in ["1", "5", "9.5", "1.25", "123456", "9999999999999999"] {
            let text = format!("{digits}e{exponent}");
            check_around!(f64: text.parse().unwrap());
            check_around!(f32: text.parse().unwrap());
        }
    }
}

#[test]
fn powers_of_two() {
    // Above a power of two floats are twice as far apart as below: the rule for the shortest digits
    // is another one there.
    for exponent in -1080..=1030 {
        check_around!(f64: 2_f64.powi(exponent));
        check_around!(f32: 2_f32.powi(exponent));
    }
}

#[test]
fn integers_and_money() {
    for number in (0..20_000_u32).chain([u32::MAX, u32::MAX - 1, 1 << 24, (1 << 24) + 1]) {
        check(f64::from(number));
        check(f64::from(number) / 100.0);
        check(f64::from(number) * 0.01);
        check(f64::from(number) / 8.0);
        #[expect(clippy::cast_precision_loss, reason = "any float will do")]
        check(number as f32 / 1000.0);
    }
    check_around!(f64: 9_007_199_254_740_992.0);
    check_around!(f32: 16_777_216.0);
}

#[test]
fn limits() {
    for value in [
        0.0,
        f64::MIN_POSITIVE,
        f64::MAX,
        f64::EPSILON,
        f64::from_bits(1),
        1e-4,
        1e-5,
        1e15,
        1e16,
        1e17,
    ] {
        check_around!(f64: value);
    }
    for value in [
        0.0,
        f32::MIN_POSITIVE,
        f32::MAX,
        f32::EPSILON,
        f32::from_bits(1),
        1e-4,
        1e-5,
        1e15,
        1e16,
        1e17,
    ] {
        check_around!(f32: value);
    }
    check(f64::NAN);
    check(-f64::NAN);
    check(f64::INFINITY);
    check(f64::NEG_INFINITY);
    check(f32::NAN);
    check(f32::INFINITY);
    check(f32::NEG_INFINITY);
}

#[test]
fn all_is_well_over_the_whole_range() {
    // Every exponent, with significands far from each other.
    for high in 0..=0xffff_u64 {
        let mixed = (high << 48) | (high.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16);
        check(f64::from_bits(mixed));
    }
    for high in 0..=0xffff_u32 {
        let mixed = (high << 16) | (high.wrapping_mul(0x9e37_79b9) >> 16);
        check(f32::from_bits(mixed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn any_bits(bits: u64, small: u32) {
        check(f64::from_bits(bits));
        check(f32::from_bits(small));
    }

    #[test]
    fn any_subnormal(bits in 0..1_u64 << 52, small in 0..1_u32 << 23) {
        check(f64::from_bits(bits));
        check(f32::from_bits(small));
    }

    #[test]
    fn any_without_an_exponent(value in 1e-6..1e18_f64, exponent in -7..18, small in -1e7..1e7_f32) {
        check(value);
        check(10_f64.powi(exponent) * (value / 1e18));
        check(small);
        check(10_f32.powi(exponent) * small);
    }

    #[test]
    fn few_decimals(number: i64, places in 0..12) {
        #[expect(clippy::cast_precision_loss, reason = "any float will do")]
        let number = (number >> 20) as f64;
        check(number / 10_f64.powi(places));
        check(number * 0.1_f64.powi(places));
    }
}

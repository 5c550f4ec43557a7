//! Floats as `{}` and `{:?}` write them, sooner: the digits are those of std, the shortest that read back as the same float.

use std::fmt::{self, Debug, Display};

use super::rendering::Utf8;

/// `f32` and `f64`.
pub(super) trait Float: zmij::Float + Copy + Display + Debug {
    /// Whether `{:?}`, and with it `{}`, writes it without an exponent, and it is not so large that floats skip integers.
    fn is_plain(self) -> bool;

    /// How many bits it has behind the point, if it is plain.
    fn fraction_bits(self) -> u32;

    fn is_finite(self) -> bool;
}

macro_rules! floats {
    ($($type:ty)*) => {$(
        impl Float for $type {
            #[inline]
            fn is_plain(self) -> bool {
                const INTEGERS: $type = 2.0 / <$type>::EPSILON;
                (1e-4..INTEGERS).contains(&self.abs()) || self == 0.0
            }

            #[inline]
            fn fraction_bits(self) -> u32 {
                const STORED: u32 = <$type>::MANTISSA_DIGITS - 1;
                const BIAS: u32 = <$type>::MAX_EXP.unsigned_abs() - 1;
                let bits = self.abs().to_bits();
                // The first bit of a significand is always set, and not stored.
                let zeros = bits.trailing_zeros().min(STORED);
                (STORED + BIAS - zeros).saturating_sub((bits >> STORED) as u32)
            }

            #[inline]
            fn is_finite(self) -> bool {
                <$type>::is_finite(self)
            }
        }
    )*};
}

floats!(f32 f64);

/// Appends what `{}` writes.
#[inline]
pub(super) fn push_display<F: Float>(out: &mut Vec<u8>, value: F) {
    let mut digits = zmij::Buffer::new();
    match plain(&mut digits, value) {
        Some(text) => out.extend_from_slice(text.strip_suffix(b".0").unwrap_or(text)),
        None => push(out, format_args!("{value}")),
    }
}

/// Appends what `{:?}` writes, which keeps `1.0` a float, as JSON. That has no word for the infinite and the undefined: they become
/// strings.
pub(super) fn push_json<F: Float>(out: &mut Vec<u8>, value: F) {
    let mut digits = zmij::Buffer::new();
    match plain(&mut digits, value) {
        Some(text) => out.extend_from_slice(text),
        None if value.is_finite() => push(out, format_args!("{value:?}")),
        None => push(out, format_args!("\"{value:?}\"")),
    }
}

/// What `{:?}` writes, unless that has an exponent, or std rounds otherwise than zmij.
#[inline]
fn plain<F: Float>(digits: &mut zmij::Buffer, value: F) -> Option<&[u8]> {
    if !value.is_plain() {
        return None;
    }
    let text = digits.format_finite(value).as_bytes();
    let decimals = text
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let (integer, _) = text.split_at(text.len() - decimals);
    if integer.last() != Some(&b'.') {
        // Where zmij begins to write exponents is not among its promises.
        return None;
    }
    // So many bits behind the point have as many decimals, the last of them a 5. Where the shortest digits leave out just that one,
    // the float lies in the middle between two candidates: std takes the upper one, zmij the even one.
    let is_tie =
        u32::try_from(decimals).is_ok_and(|decimals| decimals + 1 == value.fraction_bits());
    (!is_tie).then_some(text)
}

#[cold]
fn push(out: &mut Vec<u8>, arguments: fmt::Arguments<'_>) {
    // The vector takes everything.
    let _ = fmt::write(&mut Utf8(out), arguments);
}

#[cfg(test)]
mod tests;

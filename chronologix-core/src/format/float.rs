//! Floats as `{}` and `{:?}` write them, sooner: the digits are those of std, the shortest that
//! read back as the same float.

use std::fmt::{self, Debug, Display};

use super::{message::Utf8, number};

/// `f32` and `f64`.
pub(crate) trait Float: zmij::Float + Copy + Display + Debug + Into<f64> {
    /// Whether `{:?}`, and with it `{}`, writes it without an exponent, and it is not so large that
    /// floats skip integers.
    fn is_plain(self) -> bool;

    /// How many bits it has behind the point, if it is plain.
    fn fraction_bits(self) -> u32;

    /// Its millionths, if it has no smaller parts, and no more than 15 digits in all.
    fn millionths(self) -> Option<u64>;
}

macro_rules! floats {
    ($($type:ty: $millionths:expr;)*) => {$(
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
            fn millionths(self) -> Option<u64> {
                $millionths(self)
            }
        }
    )*};
}

floats! {
    f32: |_| None;
    f64: whole_millionths;
}

/// Most floats that are logged are decimals with few digits to begin with. Such a decimal is found
/// by scaling, and proved by dividing it again, which IEEE 754 rounds correctly: then it reads back
/// as the float. No two decimals of up to 15 digits read back as the same float, so it is the
/// shortest that does, which is what std writes.
#[inline]
fn whole_millionths(value: f64) -> Option<u64> {
    const MILLION: f64 = 1e6;
    let size = value.abs();
    if size >= 1e9 {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "below 10 to the 15th, and the rest is cut on purpose"
    )]
    let millionths = (size * MILLION + 0.5) as u64;
    #[expect(clippy::cast_precision_loss, reason = "below 2 to the 53rd")]
    let again = millionths as f64 / MILLION;
    (again.to_bits() == size.to_bits()).then_some(millionths)
}

/// Appends what `{}` writes.
#[inline]
pub(crate) fn push_display<F: Float>(out: &mut Vec<u8>, value: F) {
    if let Some(millionths) = value.millionths() {
        push_millionths(out, value.into(), millionths, "");
        return;
    }
    match plain(&mut zmij::Buffer::new(), value) {
        Some(text) => out.extend_from_slice(text.strip_suffix(b".0").unwrap_or(text)),
        None => push(out, format_args!("{value}")),
    }
}

/// Appends what `{:?}` writes, which keeps `1.0` a float, as JSON. That has no word for the
/// infinite and the undefined: they become strings.
pub(crate) fn push_json<F: Float>(out: &mut Vec<u8>, value: F) {
    if let Some(millionths) = value.millionths().filter(|_| value.is_plain()) {
        push_millionths(out, value.into(), millionths, ".0");
        return;
    }
    match plain(&mut zmij::Buffer::new(), value) {
        Some(text) => out.extend_from_slice(text),
        None if value.into().is_finite() => push(out, format_args!("{value:?}")),
        None => push(out, format_args!("\"{value:?}\"")),
    }
}

#[inline]
fn push_millionths(out: &mut Vec<u8>, value: f64, millionths: u64, integer_end: &str) {
    const MILLION: u64 = 1_000_000;
    if value.is_sign_negative() {
        out.push(b'-');
    }
    number::push_number(out, millionths / MILLION);
    match millionths % MILLION {
        0 => out.extend_from_slice(integer_end.as_bytes()),
        fraction => number::push_fraction(out, fraction),
    }
}

/// What `{:?}` writes, unless that has an exponent, or std rounds otherwise than zmij.
#[inline]
fn plain<F: Float>(buffer: &mut zmij::Buffer, value: F) -> Option<&[u8]> {
    if !value.is_plain() {
        return None;
    }
    let text = buffer.format_finite(value).as_bytes();
    let decimals = text.iter().rev().take_while(|byte| byte.is_ascii_digit());
    let decimals = decimals.count();
    if !text[..text.len() - decimals].ends_with(b".") {
        // Where zmij begins to write exponents is not among its promises.
        return None;
    }
    // So many bits behind the point have as many decimals, the last of them a 5. Where the shortest
    // digits leave out just that one, the float lies in the middle between two candidates: std
    // takes the upper one, zmij the even one.
    let is_tie = decimals + 1 == value.fraction_bits() as usize;
    (!is_tie).then_some(text)
}

#[cold]
fn push(out: &mut Vec<u8>, arguments: fmt::Arguments<'_>) {
    // The vector takes everything.
    let _ = fmt::write(&mut Utf8(out), arguments);
}

#[cfg(test)]
mod tests;

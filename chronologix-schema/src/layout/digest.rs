//! A BLAKE3 hash, as it stands in the files of seals.

use std::{fmt, str::FromStr};

/// The 32 bytes of a BLAKE3 hash. Written as 64 lower-case hexadecimal digits.
///
/// ```
/// use chronologix_schema::layout::Digest;
///
/// let text = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
/// let digest: Digest = text.parse().expect("64 digits");
/// assert_eq!((digest.0[0], digest.to_string().as_str()), (0xaf, text));
/// // Only what would be written back identically is a hash.
/// assert!(text.to_uppercase().parse::<Digest>().is_err() && "af".parse::<Digest>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// The text is not that of a [`Digest`]. Its `Debug` form is its text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BadDigest;

impl fmt::Debug for BadDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for BadDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a hash; a hash has 64 digits, 0 to 9 and a to f")
    }
}

impl std::error::Error for BadDigest {}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl FromStr for Digest {
    type Err = BadDigest;

    fn from_str(text: &str) -> Result<Self, BadDigest> {
        from_hex(text).map(Self).ok_or(BadDigest)
    }
}

/// Returns the hexadecimal digits of bytes.
pub(super) fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves
        .map(|half| char::from(DIGITS[usize::from(half)]))
        .collect()
}

/// Returns so many bytes from twice as many digits, and nothing else.
pub(super) fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let half = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = half(pair[0])? << 4 | half(pair[1])?;
    }
    Some(bytes)
}

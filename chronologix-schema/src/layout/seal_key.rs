//! Files with the keys of seals: Ed25519, in the PEM form that `openssl` writes. Pure.

#[cfg(test)]
mod tests;

/// What stands in front of the 32 bytes of a private key (RFC 8410): as `openssl genpkey` writes
/// it, and with the public key behind it.
const PRIVATE: [&[u8]; 2] = [
    b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20",
    b"\x30\x51\x02\x01\x01\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20",
];

/// What stands in front of the 32 bytes of a public key.
const PUBLIC: [&[u8]; 1] = [b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"];

/// Reads a private Ed25519 key, as `openssl genpkey -algorithm ed25519` writes it.
///
/// ```
/// use chronologix_schema::layout::parse_private_key;
///
/// let text = "-----BEGIN PRIVATE KEY-----\n\
///     MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
///     -----END PRIVATE KEY-----\n";
/// assert_eq!(parse_private_key(text)?[0], 0xd4);
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
///
/// With what is wrong with it, and how to make one. The error has nothing of the key.
pub fn parse_private_key(text: &str) -> Result<[u8; 32], String> {
    parse(text, "PRIVATE KEY", &PRIVATE).ok_or_else(|| {
        "it is no private Ed25519 key in PEM; \
                        `openssl genpkey -algorithm ed25519 -out seal.pem` makes one"
            .to_owned()
    })
}

/// Reads a public Ed25519 key, as `openssl pkey -pubout` writes it.
///
/// ```
/// use chronologix_schema::layout::parse_public_key;
///
/// let text = "-----BEGIN PUBLIC KEY-----\n\
///     MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
///     -----END PUBLIC KEY-----\n";
/// assert_eq!(parse_public_key(text)?[0], 0x19);
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
///
/// With what is wrong with it, and how to make one.
pub fn parse_public_key(text: &str) -> Result<[u8; 32], String> {
    parse(text, "PUBLIC KEY", &PUBLIC).ok_or_else(|| {
        "it is no public Ed25519 key in PEM; \
                        `openssl pkey -in seal.pem -pubout -out seal.pub` makes one"
            .to_owned()
    })
}

fn parse(text: &str, label: &str, prefixes: &[&[u8]]) -> Option<[u8; 32]> {
    let (begin, end) = (
        format!("-----BEGIN {label}-----"),
        format!("-----END {label}-----"),
    );
    let (_, rest) = text.split_once(&begin)?;
    let (body, _) = rest.split_once(&end)?;
    let bytes = from_base64(body)?;
    let key = prefixes
        .iter()
        .find_map(|prefix| bytes.strip_prefix(*prefix))?;
    key.get(..32)?.try_into().ok()
}

/// Returns the bytes of base64, whatever white space is in it.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut pending) = (0_u32, 0);
    let digits = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    for digit in digits.take_while(|digit| *digit != b'=') {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        pending += 6;
        if pending >= 8 {
            pending -= 8;
            // The bits above are in `bytes` already.
            bytes.push(u8::try_from((bits >> pending) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

//! Keys in PEM: as OpenSSL writes them, and what is no key.

use super::{parse_private_key, parse_public_key};

/// Of RFC 8410, 10.3, without and with the public key in it.
const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
";
const WITH_PUBLIC: &str = "-----BEGIN PRIVATE KEY-----
MFECAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
gSEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PRIVATE KEY-----
";
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
";

#[test]
fn keys_are_read_as_openssl_writes_them() {
    let key = parse_private_key(PRIVATE).unwrap();
    assert_eq!((key[0], key[31]), (0xd4, 0x42));
    assert_eq!(parse_private_key(WITH_PUBLIC), Ok(key));
    assert_eq!(parse_private_key(&PRIVATE.replace('\n', "\r\n")), Ok(key));
    let key = parse_public_key(PUBLIC).unwrap();
    assert_eq!((key[0], key[31]), (0x19, 0xe1));
}

#[test]
fn what_is_no_key_is_refused_and_not_repeated() {
    for text in [
        "",
        "secret",
        PUBLIC,
        &PRIVATE.replace("MC4C", "MC4D"),
        &PRIVATE.replace("dVhC", ""),
        &PRIVATE.replace("dVhC", "d*hC"),
    ] {
        let error = parse_private_key(text).unwrap_err();
        assert!(error.starts_with("it is no private Ed25519 key in PEM; `openssl"));
    }
    let error = parse_public_key(PRIVATE).unwrap_err();
    assert!(error.starts_with("it is no public Ed25519 key in PEM; `openssl"));
}

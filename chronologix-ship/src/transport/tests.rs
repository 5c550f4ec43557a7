//! Tests of what failures mean, and of bodies. Connections are tested with the program.

use std::io::{Error, ErrorKind, Read as _};

use chronologix_schema::settings::options::ContentEncoding;

use super::{compressed, in_words, outcome_of, without_credentials};
use crate::retry::Outcome;

#[test]
fn a_body_is_its_parts_in_order() {
    let parts: [&[u8]; 2] = [b"head ", &b"record ".repeat(1000)];
    let whole = parts.concat();
    let old = || b"what was there before".to_vec();
    let body = compressed(ContentEncoding::Gzip, old(), &parts).unwrap();
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(&body[..])
        .read_to_end(&mut plain)
        .unwrap();
    assert_eq!(plain, whole);
    let body = compressed(ContentEncoding::Zstd, old(), &parts).unwrap();
    assert_eq!(zstd::decode_all(&body[..]).unwrap(), whole);
    assert_eq!(
        compressed(ContentEncoding::None, old(), &parts).unwrap(),
        whole
    );
}

#[test]
fn a_failure_says_whether_another_try_makes_sense() {
    let io = |kind, words: &'static str| ureq::Error::Io(Error::new(kind, words));
    let name = "failed to lookup address information: Name or service not known";
    let moment = "failed to lookup address information: Temporary failure in name resolution";
    let cases = [
        (
            io(ErrorKind::ConnectionRefused, "refused"),
            Outcome::NoAnswer,
        ),
        (io(ErrorKind::ConnectionReset, "reset"), Outcome::NoAnswer),
        (io(ErrorKind::UnexpectedEof, "eof"), Outcome::NoAnswer),
        (
            ureq::Error::Timeout(ureq::Timeout::Global),
            Outcome::NoAnswer,
        ),
        (io(ErrorKind::Other, moment), Outcome::NoAnswer),
        (io(ErrorKind::Other, name), Outcome::NoConnection),
        (ureq::Error::HostNotFound, Outcome::NoConnection),
        (
            io(ErrorKind::InvalidData, "invalid peer certificate"),
            Outcome::NoConnection,
        ),
        (ureq::Error::Tls("no"), Outcome::NoConnection),
    ];
    for (error, expected) in cases {
        assert_eq!(outcome_of(&error), expected, "{error}");
    }
}

#[test]
fn a_failure_says_what_to_look_at() {
    let refused = ureq::Error::Io(Error::new(ErrorKind::ConnectionRefused, "refused"));
    let expected = "refused; does the receiver listen for OTLP/HTTP there? Its usual port is 4318";
    assert_eq!(in_words(&refused), expected);
    let certificate = ureq::Error::Io(Error::new(ErrorKind::InvalidData, "UnknownIssuer"));
    let expected = "UnknownIssuer; `certificate` names the authority that vouches for the receiver";
    assert_eq!(in_words(&certificate), expected);
}

#[test]
fn no_password_is_shown() {
    assert_eq!(
        without_credentials("http://me:pass@proxy:3128"),
        "http://proxy:3128"
    );
    assert_eq!(without_credentials("me:pass@proxy:3128"), "proxy:3128");
    assert_eq!(without_credentials("http://proxy"), "http://proxy");
}

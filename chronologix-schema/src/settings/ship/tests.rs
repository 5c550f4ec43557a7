//! Tests of the table `[ship]`.

use super::{ShipOptions, endpoint, parse_attribute, parse_header, store};
use crate::settings::{ConfigProblem, quantity::ByteSize};

#[test]
fn an_endpoint_has_a_scheme_and_a_host() {
    let good = [
        "http://localhost:4318",
        "https://otlp.example.com/otlp",
        "http://[::1]:4318/v1/logs",
        "http://10.0.0.1:1?tenant=a",
    ];
    for text in good {
        assert_eq!(endpoint(text), Ok(()), "{text}");
    }
    for text in [
        "",
        "localhost:4318",
        "http://",
        "http://:80",
        "grpc://a",
        "http://a b",
    ] {
        let why = endpoint(text).unwrap_err();
        assert!(why.contains("such as http://localhost:4318"), "{why}");
    }
}

#[test]
fn a_store_has_a_kind_and_a_place() {
    for text in [
        "s3://bucket",
        "gs://bucket/a/b",
        "az://container/logs",
        "file:///srv/lake",
    ] {
        assert_eq!(store(text), Ok(()), "{text}");
    }
    for text in [
        "bucket",
        "s3://",
        "s3:///logs",
        "file://lake",
        "file:///",
        "ftp://a/b",
        "s3://a b",
    ] {
        let why = store(text).unwrap_err();
        assert!(why.contains("allowed: s3://bucket/prefix"), "{text}: {why}");
    }
}

#[test]
fn a_header_has_a_name_and_a_value() {
    let pair = |name: &str, value: &str| Ok((name.to_owned(), value.to_owned()));
    assert_eq!(parse_header("Api-Key= a=b "), pair("api-key", "a=b"));
    assert_eq!(parse_header("empty="), pair("empty", ""));
    for text in ["secret", "=secret", "a b=secret", "a=sec\nret"] {
        let why = parse_header(text).unwrap_err();
        assert!(!why.contains("sec"), "{why}");
    }
}

#[test]
fn an_attribute_has_a_name() {
    assert!(parse_attribute("=x").is_err());
    assert!(parse_attribute("x").is_err());
    let pair = ("a".to_owned(), "b=c".to_owned());
    assert_eq!(parse_attribute("a=b=c"), Ok(pair));
}

#[test]
fn options_that_do_not_go_together_are_problems() {
    let options = ShipOptions {
        batch_bytes: Some(ByteSize::new(1)),
        batch_records: Some(0),
        client_key: Some("key.pem".into()),
        streams: Some(vec!["ap".to_owned()]),
        ..ShipOptions::default()
    };
    let mut problems = Vec::new();
    options.check(&["app", "errors"], &mut problems);
    let keys: Vec<_> = problems.iter().map(ConfigProblem::key).collect();
    let expected = [
        "ship.streams",
        "ship.batch_bytes",
        "ship.batch_records",
        "ship.client_key",
    ];
    assert_eq!(keys, expected);
}

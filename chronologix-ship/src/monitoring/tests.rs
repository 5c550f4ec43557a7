//! Tests of the two pages.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::{Arc, atomic::Ordering::Relaxed},
};

use super::{listen, response};
use crate::{error::ShipError, metrics::Metrics};

#[test]
fn both_pages_are_there_and_no_other() {
    let metrics = Metrics::default();
    let first_line = |request: &str| {
        let response = response(request, &metrics);
        response.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(first_line("GET /metrics HTTP/1.1"), "HTTP/1.1 200 OK");
    assert_eq!(first_line("GET /healthz?full HTTP/1.1"), "HTTP/1.1 200 OK");
    assert_eq!(first_line("GET / HTTP/1.1"), "HTTP/1.1 404 Not Found");
    assert_eq!(
        first_line("POST /metrics HTTP/1.1"),
        "HTTP/1.1 405 Method Not Allowed"
    );
    assert_eq!(first_line(""), "HTTP/1.1 405 Method Not Allowed");
    assert!(response("HEAD /healthz HTTP/1.1", &metrics).ends_with("\r\n\r\n"));
}

#[test]
fn a_receiver_that_is_away_is_no_failure_of_the_process() {
    let metrics = Metrics::default();
    assert!(response("GET /healthz HTTP/1.1", &metrics).ends_with("\r\n\r\nok\n"));
    metrics.is_away.store(true, Relaxed);
    let response = response("GET /healthz HTTP/1.1", &metrics);
    assert!(response.starts_with("HTTP/1.1 200"));
    assert!(response.ends_with("waiting for the receiver\n"));
}

#[test]
fn a_client_reads_the_numbers() {
    let metrics = Arc::new(Metrics::default());
    metrics.records.store(7, Relaxed);
    let address = listen("127.0.0.1:0".parse().unwrap(), metrics).unwrap();
    let mut client = TcpStream::connect(address).unwrap();
    client
        .write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    let mut text = String::new();
    client.read_to_string(&mut text).unwrap();
    assert!(
        text.contains("\nchronologix_ship_records_total 7\n"),
        "{text}"
    );
    let taken = listen(address, Arc::new(Metrics::default())).unwrap_err();
    assert!(matches!(taken, ShipError::Listen { .. }));
    assert_eq!(taken.to_string(), format!("cannot listen on {address}"));
}

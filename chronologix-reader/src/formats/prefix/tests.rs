//! Names of containers, and what only looks like one.

use super::*;

#[test]
fn names_are_split_off() {
    assert_eq!(
        compose(b"web-1  | x | y"),
        Some((&b"web-1"[..], &b"x | y"[..]))
    );
    assert_eq!(compose(b"my.app_2 | "), Some((&b"my.app_2"[..], &b""[..])));
    assert_eq!(
        pod(b"[pod/web-1/app] x"),
        Some((&b"pod/web-1/app"[..], &b"x"[..]))
    );
    assert_eq!(
        service(b"[web-1] {\"a\":1}"),
        Some((&b"web-1"[..], &b"{\"a\":1}"[..]))
    );
    for line in [
        &b"[ERROR] {\"a\":1}"[..],
        b"[web-1] x",
        b"[2025-05-04] {}",
        b"[a b] {}",
        b"[] {}",
        b"[web",
    ] {
        assert_eq!(service(line), None, "{line:?}");
    }
    assert_eq!(
        stern(b"web-5d9f-x2 web {\"a\":1}"),
        Some((&b"web-5d9f-x2 web"[..], &b"{\"a\":1}"[..]))
    );
    for line in [
        &b"Got-it now {\"a\":1}"[..],
        b"web web {\"a\":1}",
        b"web-5d9f web x",
        b"web-5d9f  {",
        b"web-5d9f",
    ] {
        assert_eq!(stern(line), None, "{line:?}");
    }
}

#[test]
fn other_lines_have_none() {
    for line in [
        &b"| a | b |"[..],
        b"a b | c",
        b"web-1 |x",
        b"web-1| x",
        b"7 | x",
        b"",
        b"web",
    ] {
        assert_eq!(compose(line), None, "{line:?}");
    }
    assert_eq!(pod(b"[pod/a"), None);
    assert_eq!(pod(b"[pod/a]x"), None);
    for line in [
        &b"2025-05-04T14:02:19Z stdout X x"[..],
        b"x stdout F y",
        b"2025-05-04T14:02:19Z stdin F x",
    ] {
        assert_eq!(cri(line), None, "{line:?}");
    }
}

#[test]
fn an_empty_line_of_a_container_is_dated() {
    let line = cri(b"2025-05-04T14:02:19Z stderr F ").unwrap();
    assert_eq!((line.stream, line.inner), ("stderr", &b""[..]));
    assert_eq!(cri(b"2025-05-04T14:02:19Z stdout F").unwrap().inner, b"");
}

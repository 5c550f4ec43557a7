//! What words are by their spelling.

use super::*;

#[test]
fn dates_in_words_end_where_other_words_begin() {
    let cases = [
        ("Nov  9 12:08:44 host", 15),
        ("Fri, Jul 01, 2005", 17),
        ("Jul 01 08:16:53 CEST 2005 x", 25),
        ("Jul 1, done", 5),
        ("Jul 123", 0),
        ("Julia 1", 0),
        ("Sun sets", 0),
    ];
    for (text, length) in cases {
        assert_eq!(date(text.as_bytes()).unwrap_or(0), length, "{text}");
    }
}

#[test]
fn a_key_is_a_name_before_its_value() {
    let cases = [
        ("a=b", Some(1)),
        ("a.b[0]=", Some(6)),
        ("=b", None),
        ("a==b", None),
        ("a=>b", None),
        ("/a=b", None),
        ("a(b=c", None),
    ];
    for (word, end) in cases {
        assert_eq!(pair(word.as_bytes()), end, "{word}");
    }
}

#[test]
fn ids_have_digits_or_the_length_of_a_hash() {
    for id in ["0x0", "deadbeef", "9fce", "a1b2c3d4", "s9K2x1Qz"] {
        assert!(is_id(id.as_bytes()), "{id}");
    }
    for word in [
        "0x",
        "decade",
        "L3",
        "utf8",
        "12345678",
        "sha256sum",
        "ipv4",
    ] {
        assert!(!is_id(word.as_bytes()), "{word}");
    }
}

#[test]
fn one_slash_is_no_path() {
    for path in ["/a", "./a", "~/x", "a/b/c", r"D:\x", "a-1.log", "lib.so"] {
        assert!(is_path(path.as_bytes()), "{path}");
    }
    for word in ["/", "and/or", "n/a", "a.b", ".log", "http.server"] {
        assert!(!is_path(word.as_bytes()), "{word}");
    }
}

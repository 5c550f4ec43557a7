//! Documents in one piece and byte by byte.

use super::*;

/// Writes a text in pieces of a length.
fn written(text: &str, length: usize) -> String {
    let mut out = Vec::new();
    let mut lines = JsonLines::new(&mut out);
    for piece in text.as_bytes().chunks(length) {
        lines.write_all(piece).unwrap();
    }
    lines.finish().unwrap();
    String::from_utf8(out).unwrap()
}

fn check(text: &str, expected: &str) {
    for length in [1, 3, 7, 4096] {
        assert_eq!(written(text, length), expected, "{length}: {text}");
    }
}

#[test]
fn each_object_is_one_line() {
    check(
        "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": [1, 2]\n  }\n}\n{\n  \"a\": 2\n}\n",
        "{\"a\":1,\"b\":{\"c\":[1,2]}}\n{\"a\":2}\n",
    );
    check("{\r\n\t\"a\": 1\r\n}\r\n", "{\"a\":1}\n");
    check(
        "[\n  {\"a\": 1},\n  {\n    \"a\": [{}, []]\n  }\n]\n",
        "{\"a\":1}\n{\"a\":[{},[]]}\n",
    );
    check("[{\"a\":1},{\"a\":2}]", "{\"a\":1}\n{\"a\":2}\n");
}

#[test]
fn strings_stay_as_they_are() {
    check(
        "{\n  \"a \\\" } b\": \"  [ \\\\\",\n  \"c\": \"ü\"\n}\n",
        "{\"a \\\" } b\":\"  [ \\\\\",\"c\":\"ü\"}\n",
    );
}

#[test]
fn lines_between_objects_stay_lines() {
    check(
        "{\n  \"a\": 1\n}\nstarted [7], ready\n\n{\n  \"a\": 2\n}\n",
        "{\"a\":1}\nstarted [7], ready\n{\"a\":2}\n",
    );
    // A broken object takes nothing along.
    check(
        "{\n  \"a\": \"b\n}\n{\n  \"a\": 2\n}\n",
        "{\"a\":\"b\n}\n{\"a\":2}\n",
    );
    // What is cut off is shown as far as it goes.
    check("{\n  \"a\": 1,\n  \"b", "{\"a\":1,\"b");
}

#[test]
fn other_texts_stay_as_they_are() {
    for text in [
        "",
        "{",
        "{\n",
        "{\"a\": 1}\n{\"b\":  2}\n",
        "{ \"a\": 1 }\n",
        "{\n  return 0;\n}\n",
        "[14:00:00] one\n",
        "[1, 2]\n",
        "a\n{\n  \"a\": 1\n}\n",
    ] {
        check(text, text);
    }
}

//! Texts that are no logs, and lines that are a part of the record before.

use super::*;

/// Returns the heads of the lines of a text.
fn heads(text: &str) -> Vec<Option<Head>> {
    let formats = Formats::default();
    let mut recent = Recent::default();
    let lines = text.lines();
    lines
        .map(|line| formats.head(line.as_bytes(), &mut recent))
        .collect()
}

/// Checks that no line of a text has a time.
fn check_undated(text: &str) {
    for (line, head) in text.lines().zip(heads(text)) {
        assert_eq!(head.and_then(|head| head.moment), None, "{line}");
    }
}

#[test]
fn a_novel_has_no_times() {
    check_undated(
        "CHAPTER I.\n\
         It was a bright cold day in April, and the clocks were striking thirteen.\n\
         May 4 was a Sunday. At 14:02 the train left; at 14:07 it was gone.\n\
         May we go, she asked, at 2:02 PM?\n\
         Sunday came, and with it an error nobody had foreseen.\n\
         1984 was the year. 2025-05-04 is a date without a time.\n\
         12 o'clock; 10 to 12; 3:2 was the score.\n\
         ERROR, he wrote upon the wall, and WARNING below it.\n\
         On 4 May 2025 nothing happened.\n\
         \"At 14:02:19 precisely,\" he said.",
    );
}

#[test]
fn prices_and_tables_have_no_times() {
    check_undated(
        "date,open,high,low,close,volume\n\
         2025-05-04,101.5,103.25,100.75,102.0,18204500\n\
         2025-05-05,102.0,104.00,101.25,103.5,17012300\n\
         04/05/2025;101,5;103,25\n\
         1234567890,12.5\n\
         | time | value |\n\
         |------|-------|\n\
         10.0.0.1 10.0.0.2 255\n\
         192.168.0.1:8080\n\
         12:34:56:78:9a:bc is an address\n\
         1234567890123456789012345 is a number\n\
         0000000001 is small",
    );
}

#[test]
fn source_and_documents_have_no_times() {
    check_undated(
        "fn main() {\n\
         let error = \"2025-05-04T14:02:19Z INFO app: x\";\n\
         }\n\
         # Install and run\n\
         - [x] done\n\
         [link]: https://example.com\n\
         [section]\n\
         key = 3\n\
         name: value\n\
         {\n\
         {\"a\": 1}\n\
         {\"a\": {\"b\": [1, 2, {\"c\": \"d\"}]}}\n\
         {broken\n\
         #include <stdio.h>\n\
         int main(void) { return 0; }\n\
         SELECT * FROM t WHERE at > '2025-05-04 14:02:19';\n\
         <html><body>14:02:19</body></html>\n\
         <11> is no priority of anything",
    );
}

#[test]
fn lines_that_continue_have_no_head() {
    let text = "\tat main.rs:7\n\
                \x20   at com.example.Foo.bar(Foo.java:12)\n\
                Caused by: java.lang.IllegalStateException: 14:02:19\n\
                java.lang.NullPointerException\n\
                Traceback (most recent call last):\n\
                \x20 File \"app.py\", line 7, in <module>\n\
                ValueError: invalid literal\n\
                #0  0x00007f in raise () from /lib/libc.so.6\n\
                \x20   2025-05-04 14:02:19 is quoted here\n\
                \t2025-05-04 14:02:19 INFO and here\n\
                \n\
                \x20     Now listening on: http://localhost:5000\n\
                ... 23 more\n\
                }";
    for (line, head) in text.lines().zip(heads(text)) {
        assert_eq!(head, None, "{line}");
    }
}

#[test]
fn a_word_in_a_message_is_no_level() {
    let text = "2025-05-04 14:02:19 no error was found\n\
                2025-05-04 14:02:19 error handling is on\n\
                2025-05-04T14:02:19.5Z retry after an ERROR of the disk\n\
                2025/05/04 14:02:19 the FATAL blow\n\
                [14:02:19] handled WARN and ERROR\n\
                May  4 14:02:19 host app[7]: ERROR in the line\n\
                127.0.0.1 - - [04/May/2025:14:02:19 +0200] \"GET /error HTTP/1.1\" 500 7";
    for (line, head) in text.lines().zip(heads(text)) {
        let head = head.unwrap_or_else(|| panic!("no format: {line}"));
        assert_eq!(head.level, None, "{line}");
    }
}

#[test]
fn a_stamp_in_a_message_is_no_stamp() {
    check_undated(
        "started at 2025-05-04 14:02:19\n\
         (2025-05-04 14:02:19)\n\
         x 14:02:19\n\
         ERROR: failed since 2025-05-04T14:02:19Z\n\
         level=error msg=\"since 2025-05-04T14:02:19Z\"\n\
         {\"level\":\"error\",\"msg\":\"since 2025-05-04T14:02:19Z\"}",
    );
}

#[test]
fn odd_bytes_are_no_reason_to_fail() {
    let formats = Formats::default();
    let mut recent = Recent::default();
    let lines: [&[u8]; 9] = [
        b"",
        b"\xff\xfe\x00",
        b"[",
        b"{\"",
        b"2025-05-04T14:02:19Z \xff\xfe",
        b"<",
        b"2025-13-45 99:99:99",
        b"{\"a\":\"\\",
        b"a=\"",
    ];
    for line in lines {
        let head = formats.head(line, &mut recent);
        if let Some(head) = head {
            let text = String::from_utf8_lossy(line);
            assert!(formats.values(&text, head.format).is_some(), "{text}");
        }
    }
}

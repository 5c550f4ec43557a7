//! What is masked in messages.

use proptest::prelude::*;

use super::*;

fn masked(message: &str) -> String {
    let mut masked = Vec::new();
    mask(message.as_bytes(), &mut masked);
    shown(&masked)
}

#[test]
fn what_varies_is_masked_by_its_spelling() {
    let cases = [
        ("", ""),
        ("started", "started"),
        ("  two   words ", "two words"),
        ("done in 12 ms", "done in <duration>"),
        ("done in 1.5s, 3 left", "done in <duration>, <number> left"),
        ("5.2 KB of 12MB", "<size> of <size>"),
        ("12 bytes (0.01 KB) sent", "<size> (<size>) sent"),
        ("5 KB,7", "<size>,<number>"),
        ("Jul 01,3", "<time>,<number>"),
        ("at -3.5 degrees", "at <number> degrees"),
        ("took <1 sec", "took <duration>"),
        ("93% full.", "<number> full."),
        ("from 10.0.0.1:8080, twice", "from <address>, twice"),
        ("from /10.0.0.1:8080", "from /<address>"),
        ("by fe80::1%eth0", "by <address>"),
        ("by fe80::1", "by <address>"),
        ("card 00:1b:44:11:3a:b7", "card <address>"),
        ("to db.example.com", "to <address>"),
        ("to db-2.example.eu:5432", "to <address>"),
        ("main.rs:42: oops", "main.rs:<number>: oops"),
        ("is mapred.job.id old", "is mapred.job.id old"),
        ("cannot open /var/log/a b", "cannot open <path> b"),
        (r"cannot open C:\temp\a.txt!", "cannot open <path>!"),
        ("open(/etc/passwd) failed", "open(<path>) failed"),
        ("started chrome.exe and/or not", "started <path> and/or not"),
        ("GET https://a.example/x?y=1 ok", "GET <url> ok"),
        ("0x1f and 0XFF", "<id> and <id>"),
        ("cafebabe is one", "<id> is one"),
        ("commit 9fceb02 by me", "commit <id> by me"),
        ("id 550e8400-e29b-41d4-a716-446655440000", "id <id>"),
        (
            "blk_-123 and rdd_2_0",
            "blk_<number> and rdd_<number>_<number>",
        ),
        ("sid:0x34ed type:create", "sid:<id> type:create"),
        ("state=up, at=", "state=<*>, at="),
        ("a=1,b=2;c=x", "a=<*>,b=<*>;c=<*>"),
        (r#"user="a b" done"#, r#"user="<text>" done"#),
        ("ws=Source{12}, x", "ws=<*>, x"),
        ("a == b, c => d", "a == b, c => d"),
        ("cannot find 'my file'", "cannot find '<text>'"),
        ("can't and won't", "can't and won't"),
        (
            r#"{"key": "a", "n": 1}"#,
            r#"{"key": "<text>", "n": <number>}"#,
        ),
        (
            r#""POST /a/b?c=1 HTTP/1.1" 200"#,
            r#""POST <path> HTTP/<number>" <number>"#,
        ),
        ("since 14:02:19.123", "since <time>"),
        ("since 2025-05-04T14:02:19Z", "since <time>"),
        ("since Fri Jul 01 08:16:53 PDT 2005.", "since <time>."),
        ("May 4 is Sun", "<time> is Sun"),
        ("May be, Sun", "May be, Sun"),
        ("x............0", "x............<number>"),
        ("first\nsecond 2", "first"),
        ("a\u{1}b1 \u{7f}", "a?b<number> ?"),
        ("Größe 3 µs", "Größe <number> µs"),
    ];
    for (message, expected) in cases {
        assert_eq!(masked(message), expected, "{message}");
    }
}

#[test]
fn of_a_long_message_the_first_words_count() {
    let message = "word ".repeat(MOST_WORDS + 5);
    let expected = format!("{}<...>", "word ".repeat(MOST_WORDS));
    assert_eq!(masked(&message), expected);
    let message = "word ".repeat(MOST_WORDS);
    assert_eq!(masked(&message), message.trim_end());
}

proptest! {
    #[test]
    fn any_text_can_be_masked(message in "[ -~\\PC\\t\\n\"'=:/0-9a-f]{0,60}") {
        let mut bytes = Vec::new();
        mask(message.as_bytes(), &mut bytes);
        // What it was appended to does not matter.
        let mut appended = b"x".to_vec();
        mask(message.as_bytes(), &mut appended);
        prop_assert_eq!(&appended[1..], &bytes[..]);
        prop_assert!(!bytes.windows(2).any(|two| two == b"  "));
        prop_assert!(std::str::from_utf8(&bytes).is_ok());
    }

    #[test]
    fn numbers_do_not_matter(one in 0_u32.., other in 0_u32..) {
        let message = |number: u32| masked(&format!("read {number} of k_{number}, t={number}ms"));
        prop_assert_eq!(message(one), message(other));
    }

    #[test]
    fn any_bytes_can_be_masked(message in proptest::collection::vec(any::<u8>(), 0..60)) {
        let mut bytes = Vec::new();
        mask(&message, &mut bytes);
        shown(&bytes);
    }
}

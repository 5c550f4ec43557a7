//! Messages made by an attacker who wants to forge a line, or to reach the terminal of a reader.

use std::{ffi::OsStr, fmt, fs, iter, os::unix::ffi::OsStrExt, path::Path, time::Instant};

use chronologix::log;
use chronologix_core::ManualClock;

use crate::{
    chronologix_streams,
    crowd::BEGIN,
    full_disk::peak_memory,
    lines::files,
    rounds::{self, Dice},
    script::Script,
    tally::Tally,
    victim::Casting,
};

const MESSAGES: u64 = 10_000;

/// The most bytes of a message that are written, and what may be added to it: escapes of what is in
/// it, and that it was cut.
const BOUND: usize = 1 << 20;

/// What must not reach a file, and is not a control character by Unicode's categories: what is
/// invisible, or turns the text around.
const INVISIBLE: [(u32, u32); 10] = [
    (0x061c, 0x061c),
    (0x180e, 0x180e),
    (0x200b, 0x200f),
    (0x2028, 0x202e),
    (0x2060, 0x2064),
    (0x2066, 0x206f),
    (0xfeff, 0xfeff),
    (0xfff9, 0xfffb),
    (0xe0001, 0xe0001),
    (0xe0020, 0xe007f),
];

/// Pieces that hostile messages are made of.
const PIECES: [&str; 16] = [
    "\n[12:00:00] forged",
    "\r\n[12:00:00] [CRITICAL] forged",
    "\u{2028}[12:00:00] forged\u{2029}\u{85}\u{b}\u{c}",
    "\x1b[2J\x1b[1;31m",
    "\x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]52;c;cm0gLXJmIC8=\x07",
    "\u{9b}31m\u{9d}0;title\u{9c}",
    "user\u{202e}nimda\u{2066}\u{2069}\u{200f}\u{61c}",
    "zero\u{200b}width\u{200c}\u{200d}\u{2060}\u{feff}",
    "\u{e0001}\u{e0041}\u{e007f}",
    "\0\0\x7f\x08\x08\x08",
    "\"}\n{\"level\":\"ERROR\",\"message\":\"forged\"",
    "\\n \\x1b \\u{202e} \\\\",
    "<> {} %s ${jndi:ldap://x} {0:?}",
    "\ttab\ttab",
    "plain, häßlich, 日本語, 🦀",
];

/// The message of this number. The same in the victim and in the test.
fn message(number: u64) -> String {
    let mut dice = Dice::new(number + 1);
    let mut text = String::new();
    for _ in 0..=dice.below(6) {
        match dice.below(4) {
            0 | 1 => text += PIECES[usize::try_from(dice.below(16)).unwrap()],
            2 => text.extend((0..dice.below(12)).filter_map(|_| any_char(&mut dice))),
            _ => text += &not_unicode(&mut dice),
        }
    }
    text
}

/// Any character, the first ones more often.
fn any_char(dice: &mut Dice) -> Option<char> {
    let end = [0x20, 0x100, 0x3000, 0x11_0000][usize::try_from(dice.below(4)).unwrap()];
    char::from_u32(u32::try_from(dice.below(end)).unwrap())
}

/// Bytes that are no text, as a program comes by them.
fn not_unicode(dice: &mut Dice) -> String {
    let bytes = (0..dice.below(20)).map(|_| u8::try_from(dice.below(256)).unwrap());
    let bytes = bytes.collect::<Vec<_>>();
    if dice.below(2) == 0 {
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        Path::new(OsStr::from_bytes(&bytes)).display().to_string()
    }
}

/// So many bytes, a few at a time: that nobody has to hold them.
struct Endless(usize);

impl fmt::Display for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let piece = "endless\n".repeat(128);
        iter::repeat_n((), self.0 / piece.len()).try_for_each(|()| f.write_str(&piece))
    }
}

/// Lengths of the messages that are too long: around the bound, and far beyond.
fn lengths() -> Vec<usize> {
    let mut lengths = vec![BOUND - 1024, BOUND, BOUND + 1024];
    lengths.extend(rounds::either([4 << 20], [100 << 20]));
    lengths
}

/// The scene: logs the corpus as text and as JSON, as an argument and as a field.
pub(crate) fn play(script: &Script) {
    let logger = chronologix_streams::config()
        .base_log_dir(script.path("base"))
        .configure_stream("audit", |audit| audit.format("json").durability("queued"))
        .clock(ManualClock::at(chrono::DateTime::from_timestamp_nanos(
            BEGIN,
        )))
        .start_blocking()
        .unwrap();
    for number in 0..MESSAGES {
        let message = message(number);
        log!(app, "<> <>", number, message)
            .wait()
            .into_result()
            .unwrap();
        log!(errors, number, said:% = message; "")
            .wait()
            .into_result()
            .unwrap();
        log!(audit, number, value:% = message; "<>", message)
            .wait()
            .into_result()
            .unwrap();
    }
    script.say("corpus");
    for length in lengths() {
        log!(app, "<>", Endless(length))
            .wait()
            .into_result()
            .unwrap();
        log!(audit, "<>", Endless(length))
            .wait()
            .into_result()
            .unwrap();
    }
    logger.stop_blocking().unwrap();
    script.say("stopped");
    script.wait_for("leave");
}

#[test]
fn one_record_is_one_line_and_nothing_in_it_acts() {
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let mut tally = Tally::default();
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("logs");
    let mut victim = Casting::of("hostile").with("base", base.display()).start();
    victim.hear("stopped");
    let memory = peak_memory(&victim);
    tally.peak("KiB of memory:", memory);
    tally.expect(memory < 32 << 10, || format!("{memory} KiB of memory"));
    victim.tell("leave");
    let stderr = victim.succeed();
    tally.expect(stderr.is_empty(), || stderr.clone());

    tally.add("messages", MESSAGES);
    let [app, errors, audit] = ["app", "errors", "audit"].map(|stream| {
        let path = files(&base, stream).remove(0);
        fs::read_to_string(path).unwrap()
    });
    for (text, name) in [
        (&app, "app.log"),
        (&errors, "errors.log"),
        (&audit, "audit.log"),
    ] {
        check_characters(text, name, &mut tally);
    }
    let long = lengths().len() as u64;
    check_text(&app, MESSAGES * 2 + long, &mut tally);
    check_fields(&errors, &mut tally);
    check_json(&audit, MESSAGES + long, &mut tally);
    let longest = app
        .lines()
        .chain(audit.lines())
        .map(str::len)
        .max()
        .unwrap();
    tally.peak("bytes in the longest line:", longest as u64);
    // Each of its newlines takes one byte more as an escape.
    let most = BOUND + BOUND / 8 + 1_000;
    tally.expect(longest <= most, || format!("a line of {longest} bytes"));
    let shown = [
        "messages",
        "lines",
        "characters that act",
        "bytes in the longest line:",
        "KiB of memory:",
    ];
    tally.report("hostile messages, text and JSON", &shown, begun);
}

fn check_characters(text: &str, name: &str, tally: &mut Tally) {
    let acts = |letter: &char| {
        let code = u32::from(*letter);
        let is_invisible = INVISIBLE
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&code));
        is_invisible || letter.is_control() && *letter != '\t' && *letter != '\n'
    };
    let is_odd = |letter: &char| !(' '..='~').contains(letter);
    let acting = text.chars().filter(is_odd).filter(acts);
    let acting = acting.collect::<Vec<_>>();
    tally.add("characters that act", acting.len() as u64);
    tally.add("lines", text.lines().count() as u64);
    tally.expect(acting.is_empty(), || {
        let first = &acting[..acting.len().min(5)];
        format!(
            "{name}: {} characters that act, such as {first:?}",
            acting.len()
        )
    });
    tally.expect(text.ends_with('\n') && !text.contains("\n\n"), || {
        format!("{name}: empty lines, or a torn one")
    });
}

/// Lines in order, each with its number.
fn check_text(app: &str, lines: u64, tally: &mut Tally) {
    let found = app.lines().count() as u64;
    tally.expect(found == lines, || format!("app.log: {found} lines"));
    let starts = (0..MESSAGES).flat_map(|number| {
        [
            format!("[14:57:30] {number} "),
            format!("[14:57:30]  number={number} said="),
        ]
    });
    for (line, start) in app.lines().zip(starts) {
        tally.expect(line.starts_with(&start), || {
            format!("{line:?}, not {start:?}")
        });
    }
    let long = app.lines().skip(usize::try_from(MESSAGES).unwrap() * 2);
    for (line, length) in long.zip(lengths()) {
        let is_cut = line.ends_with("[cut at 1 MiB]");
        tally.expect(is_cut == (length > BOUND), || {
            let end = line.chars().rev().take(30).collect::<String>();
            format!(
                "{length} bytes, and its line of {} ends in (backwards) {end:?}",
                line.len()
            )
        });
    }
}

fn check_fields(errors: &str, tally: &mut Tally) {
    let found = errors.lines().count() as u64;
    tally.expect(found == MESSAGES, || format!("errors.log: {found} lines"));
}

/// What a reader of the JSON gets is what was logged, to the letter.
fn check_json(audit: &str, lines: u64, tally: &mut Tally) {
    let found = audit.lines().count() as u64;
    tally.expect(found == lines, || format!("audit.log: {found} lines"));
    for (line, number) in audit.lines().zip(0..MESSAGES) {
        let Ok(value) = serde_json::from_str::<serde_json::Value>(line) else {
            tally.problem(format!("not JSON: {line}"));
            continue;
        };
        let message = message(number);
        let is_right = value["number"] == number
            && value["message"] == *message
            && value["value"] == *message
            && value["stream"] == "audit";
        tally.expect(is_right, || format!("{line}, not {message:?}"));
    }
}

#[test]
fn what_looks_like_a_template_or_a_line_comes_out_literally() {
    let folder = tempfile::tempdir().unwrap();
    let logger = chronologix_streams::config()
        .base_log_dir(folder.path())
        .clock(ManualClock::at(chrono::DateTime::from_timestamp_nanos(
            BEGIN,
        )))
        .start_blocking()
        .unwrap();
    let literal = [
        "[14:00:00] ",
        "[14:00:00] [ERROR] forged",
        "<>",
        "<<>> <:>8.2>",
        "{} {0} {name:?} {{}}",
        "%s %n %d %%",
        "${jndi:ldap://x/a} $(id) `id`",
        "'; DROP TABLE log; --",
        "=cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
    ];
    for text in literal {
        log!(app, "<>", text).detach();
        log!(app, "{text} and {:?} <<>>", format_args!("{text}")).detach();
    }
    logger.stop_blocking().unwrap();
    let expected = literal.iter().flat_map(|text| {
        [
            format!("[14:57:30] {text}\n"),
            format!("[14:57:30] {text} and {text} <>\n"),
        ]
    });
    let path = files(folder.path(), "app").remove(0);
    assert_eq!(
        fs::read_to_string(path).unwrap(),
        expected.collect::<String>()
    );
}

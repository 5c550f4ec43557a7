//! The words, letters and numbers that loggers have for levels.

use chronologix_schema::Level;

#[cfg(test)]
mod tests;

/// Returns the level of a word in any case: `WARNING`, `err`, `Information`.
pub(super) fn word(word: &[u8]) -> Option<Level> {
    /// No word for a level is longer.
    const LONGEST: usize = 13;
    let word = without_offset(word);
    let mut lower = [0; LONGEST];
    let lower = lower.get_mut(..word.len())?;
    for (to, from) in lower.iter_mut().zip(word) {
        *to = from.to_ascii_lowercase();
    }
    Some(match &*lower {
        b"trace" | b"trc" | b"trac" | b"verbose" | b"verb" | b"vrb" | b"finest" | b"finer" => {
            Level::Trace
        }
        b"debug" | b"dbg" | b"debu" | b"dbug" | b"debg" | b"fine" | b"config" => Level::Debug,
        b"info" | b"inf" | b"information" | b"informational" | b"notice" | b"ntc" | b"note"
        | b"success" | b"log" => Level::Info,
        b"warn" | b"warning" | b"wrn" | b"warni" => Level::Warn,
        b"error" | b"err" | b"erro" | b"eror" | b"fail" | b"severe" => Level::Error,
        b"critical" | b"crit" | b"crt" | b"fatal" | b"fata" | b"ftl" | b"panic" | b"pani"
        | b"pnc" | b"dpanic" | b"emerg" | b"emergency" | b"alert" => Level::Critical,
        _ => return None,
    })
}

/// Returns the word of `ERROR+2`, which slog has for what lies between two levels.
fn without_offset(word: &[u8]) -> &[u8] {
    let digits = word.iter().rev().take_while(|byte| byte.is_ascii_digit());
    match word.split_at(word.len() - digits.count()) {
        ([word @ .., b'+' | b'-'], [_, ..]) => word,
        _ => word,
    }
}

/// Returns the level of a letter, as glog and logcat have them.
pub(super) const fn letter(letter: u8) -> Option<Level> {
    Some(match letter {
        b'T' | b'V' => Level::Trace,
        b'D' => Level::Debug,
        b'I' | b'N' => Level::Info,
        b'W' => Level::Warn,
        b'E' => Level::Error,
        b'F' | b'C' | b'A' => Level::Critical,
        _ => return None,
    })
}

/// Returns the level of a severity of syslog: 0 is the most serious, 7 the least.
pub(super) const fn syslog(severity: u32) -> Option<Level> {
    Some(match severity {
        0..=2 => Level::Critical,
        3 => Level::Error,
        4 => Level::Warn,
        5 | 6 => Level::Info,
        7 => Level::Debug,
        _ => return None,
    })
}

/// Returns the level of a number of pino and bunyan: 10 is trace, 60 is fatal.
pub(super) const fn pino(number: u32) -> Option<Level> {
    Some(match number {
        10..=19 => Level::Trace,
        20..=29 => Level::Debug,
        30..=39 => Level::Info,
        40..=49 => Level::Warn,
        50..=59 => Level::Error,
        60..=69 => Level::Critical,
        _ => return None,
    })
}

/// Returns the level of a severity number of OpenTelemetry: 1 is trace, 21 is fatal.
pub(super) const fn otel(number: u32) -> Option<Level> {
    Some(match number {
        1..=4 => Level::Trace,
        5..=8 => Level::Debug,
        9..=12 => Level::Info,
        13..=16 => Level::Warn,
        17..=20 => Level::Error,
        21..=24 => Level::Critical,
        _ => return None,
    })
}

//! Words, letters and numbers.

use chronologix_schema::Level::{Critical, Debug, Error, Info, Trace, Warn};

use super::*;

#[test]
fn words_in_any_case() {
    for (level, words) in [
        (Trace, "trace TRACE Verbose TRC vrb FINEST finer"),
        (Debug, "debug DEBUG Dbg DBUG fine config"),
        (
            Info,
            "info INFO Information INF notice NOTICE Note success LOG",
        ),
        (Warn, "warn WARN Warning WARNING wrn"),
        (Error, "error ERROR Err eror fail SEVERE ERRO"),
        (
            Critical,
            "critical CRIT fatal FATAL FTL panic DPANIC emerg emergency alert crt",
        ),
    ] {
        for text in words.split(' ') {
            assert_eq!(word(text.as_bytes()), Some(level), "{text}");
        }
    }
    for text in [
        "",
        "errors",
        "in",
        "infos",
        "x",
        "level",
        "somethinglongerthanall",
    ] {
        assert_eq!(word(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn letters_and_numbers() {
    let letters = b"TDIWEF".map(letter);
    assert_eq!(
        letters,
        [Trace, Debug, Info, Warn, Error, Critical].map(Some)
    );
    assert_eq!(letter(b'x'), None);
    let severities = [0, 1, 2, 3, 4, 5, 6, 7].map(syslog);
    let expected = [Critical, Critical, Critical, Error, Warn, Info, Info, Debug];
    assert_eq!(severities, expected.map(Some));
    assert_eq!(syslog(8), None);
    let numbers = [10, 20, 30, 35, 40, 50, 60].map(pino);
    assert_eq!(
        numbers,
        [Trace, Debug, Info, Info, Warn, Error, Critical].map(Some)
    );
    assert_eq!((pino(0), pino(100)), (None, None));
    let numbers = [1, 5, 9, 13, 17, 21].map(otel);
    assert_eq!(
        numbers,
        [Trace, Debug, Info, Warn, Error, Critical].map(Some)
    );
    assert_eq!((otel(0), otel(25)), (None, None));
}

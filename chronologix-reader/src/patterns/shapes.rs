//! What a word is by its spelling: all digits are alike, but for the 0 of `0x`.

use super::mask::Mask;

#[cfg(test)]
mod tests;

/// Units of sizes.
const SIZES: [&[u8]; 16] = [
    b"B", b"kB", b"KB", b"MB", b"GB", b"TB", b"KiB", b"MiB", b"GiB", b"TiB", b"K", b"M", b"G",
    b"T", b"byte", b"bytes",
];

/// Units of spans of time.
const SPANS: [&[u8]; 13] = [
    b"ns",
    b"us",
    "µs".as_bytes(),
    "μs".as_bytes(),
    b"ms",
    b"s",
    b"m",
    b"h",
    b"d",
    b"sec",
    b"secs",
    b"min",
    b"mins",
];

/// The days of the week, of three letters each.
const DAYS: &[u8] = b"MonTueWedThuFriSatSun";

/// The months, of three letters each.
const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";

/// The ends of names of hosts, apart from those of two letters.
const DOMAINS: [&[u8]; 10] = [
    b"com",
    b"net",
    b"org",
    b"edu",
    b"gov",
    b"mil",
    b"io",
    b"local",
    b"internal",
    b"lan",
];

/// The ends of names of source files. With a number behind a colon they are places in a source.
const SOURCES: [&[u8]; 21] = [
    b"cc", b"cpp", b"cs", b"go", b"hpp", b"java", b"js", b"jsx", b"kt", b"lua", b"php", b"pl",
    b"py", b"rb", b"rs", b"scala", b"sh", b"sql", b"swift", b"ts", b"tsx",
];

/// The ends of names of files that need no path to be known as such.
const FILES: [&[u8]; 36] = [
    b"exe",
    b"dll",
    b"so",
    b"jar",
    b"zip",
    b"gz",
    b"tar",
    b"log",
    b"txt",
    b"xml",
    b"json",
    b"yml",
    b"yaml",
    b"toml",
    b"conf",
    b"cfg",
    b"ini",
    b"dat",
    b"db",
    b"csv",
    b"tmp",
    b"bak",
    b"html",
    b"png",
    b"jpg",
    b"gif",
    b"pdf",
    b"properties",
    b"pem",
    b"crt",
    b"key",
    b"sock",
    b"pid",
    b"lock",
    b"bin",
    b"plist",
];

/// Returns what a word is as a whole, apart from a path.
pub(super) fn whole(word: &[u8]) -> Option<Mask> {
    if memchr::memmem::find(word, b"://").is_some_and(|at| is_scheme(&word[..at])) {
        return Some(Mask::Url);
    }
    if is_host(word) {
        return Some(Mask::Address);
    }
    // `<1 sec`, `~5`, `>=10`
    let marks = word
        .iter()
        .take_while(|byte| b"<>~=".contains(byte))
        .count();
    let word = &word[marks..];
    if !word.first()?.is_ascii_hexdigit() && !b"-+.:".contains(&word[0]) {
        return None;
    }
    let unsigned = word.strip_prefix(b"-").or_else(|| word.strip_prefix(b"+"));
    let unsigned = unsigned.unwrap_or(word);
    quantity(unsigned)
        .or_else(|| is_hex_number(unsigned).then_some(Mask::Id))
        .or_else(|| is_uuid(word).then_some(Mask::Id))
        .or_else(|| is_time(word).then_some(Mask::Time))
        .or_else(|| is_colon_address(word).then_some(Mask::Address))
}

/// Returns what digits with a unit or a port are.
fn quantity(word: &[u8]) -> Option<Mask> {
    let is_of_number = |byte: &&u8| byte.is_ascii_digit() || b".,".contains(byte);
    let (digits, behind) = word.split_at(word.iter().take_while(is_of_number).count());
    if !digits.first()?.is_ascii_digit() {
        return None;
    }
    let is_port = match behind {
        [b':' | b'/', port @ ..] => port.iter().all(u8::is_ascii_digit),
        behind => behind.is_empty(),
    };
    let points = memchr::memchr_iter(b'.', digits).count();
    if points == 3 && is_port && !digits.contains(&b',') {
        return Some(Mask::Address);
    }
    match behind {
        b"" | b"%" => Some(Mask::Number),
        unit if is_size(unit) => Some(Mask::Size),
        unit if is_span(unit) => Some(Mask::Duration),
        _ => None,
    }
}

/// Returns whether a word is a unit of sizes.
pub(super) fn is_size(unit: &[u8]) -> bool {
    SIZES.contains(&unit)
}

/// Returns whether a word is a unit of spans of time.
pub(super) fn is_span(unit: &[u8]) -> bool {
    SPANS.contains(&unit)
}

fn is_scheme(word: &[u8]) -> bool {
    let is_of_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    !word.is_empty() && word.iter().all(is_of_scheme)
}

/// Returns whether a word is `0x` with hexadecimal digits.
fn is_hex_number(word: &[u8]) -> bool {
    match word {
        [b'0', b'x' | b'X', digits @ ..] => {
            !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit)
        }
        _ => false,
    }
}

fn is_uuid(word: &[u8]) -> bool {
    let is_right = |(at, byte): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    word.len() == 36 && word.iter().enumerate().all(is_right)
}

/// Returns whether a word is a time of day, minutes with seconds, or a date in digits.
fn is_time(word: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_clock = word
        .iter()
        .all(|byte| byte.is_ascii_digit() || b":.,".contains(byte));
    let mut parts = word.split(|byte| *byte == b':');
    if let (Some(first), Some(second)) = (parts.next(), parts.next())
        && is_clock
    {
        let is_third = parts.next().is_none_or(|third| digits(third) >= 2);
        let is_end = parts.next().is_none();
        return (1..=3).contains(&first.len()) && digits(second) >= 2 && is_third && is_end;
    }
    let is_stamp = |byte: &u8| byte.is_ascii_digit() || b"-/:.,TZ+_".contains(byte);
    let separators = word.iter().filter(|byte| b"-/".contains(byte)).count();
    let first = digits(word);
    word.len() >= 8 && (1..=4).contains(&first) && separators >= 2 && word.iter().all(is_stamp)
}

/// Returns whether a word is an address of IPv6, or of a network card.
fn is_colon_address(word: &[u8]) -> bool {
    // Behind a percent sign is the name of the network card.
    let word = memchr::memchr(b'%', word).map_or(word, |end| &word[..end]);
    let colons = memchr::memchr_iter(b':', word).count();
    let is_of_address = |byte: &u8| byte.is_ascii_hexdigit() || b":./".contains(byte);
    colons >= 2 && word.iter().all(is_of_address) && word.iter().any(u8::is_ascii_digit)
}

/// Returns whether a word is the name of a host, perhaps with a port.
fn is_host(word: &[u8]) -> bool {
    let (host, port) = match memchr::memrchr(b':', word) {
        Some(at) => (&word[..at], Some(&word[at + 1..])),
        None => (word, None),
    };
    if port.is_some_and(|port| port.is_empty() || !port.iter().all(u8::is_ascii_digit)) {
        return false;
    }
    let Some(point) = memchr::memrchr(b'.', host) else {
        return false;
    };
    let domain = &host[point + 1..];
    if DOMAINS.contains(&domain) {
        return point > 0 && host.iter().all(|byte| is_of_name(*byte));
    }
    // Without a port, this could be a path of modules, or a file.
    port.is_some()
        && (2..=6).contains(&domain.len())
        && domain.iter().all(u8::is_ascii_lowercase)
        && !SOURCES.contains(&domain)
        && host.iter().all(|byte| is_of_name(*byte))
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._".contains(&byte)
}

/// Returns whether a word is the path or the name of a file.
pub(super) fn is_path(word: &[u8]) -> bool {
    if !word.iter().any(u8::is_ascii_alphanumeric) {
        return false;
    }
    let is_drive = |word: &[u8]| match word {
        [drive, b':', b'\\' | b'/', ..] => drive.is_ascii_alphabetic(),
        _ => false,
    };
    let begins = [&b"/"[..], b"./", b"../", b"~/"];
    if begins.iter().any(|begin| word.starts_with(begin)) && word.len() > 1 || is_drive(word) {
        return true;
    }
    let slashes = memchr::memchr_iter(b'/', word).count();
    if slashes > 0 {
        // One slash stands in `and/or` as well.
        return slashes > 1 && !word.iter().any(|byte| b"([{|".contains(byte));
    }
    let Some(point) = memchr::memrchr(b'.', word).filter(|point| *point > 0) else {
        return false;
    };
    let is_of_file = |byte: &u8| is_of_name(*byte) || b"+[]~#@".contains(byte);
    FILES.contains(&&word[point + 1..]) && word[..point].iter().all(is_of_file)
}

/// Returns whether a run of letters and digits is an id.
pub(super) fn is_id(run: &[u8]) -> bool {
    if is_hex_number(run) || is_hex_word(run) {
        return true;
    }
    let digits = run.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || digits == run.len() {
        return false;
    }
    let is_hex = run.iter().all(u8::is_ascii_hexdigit);
    let changes = run
        .windows(2)
        .filter(|two| two[0].is_ascii_digit() != two[1].is_ascii_digit());
    is_hex && run.len() >= 4 || run.len() >= 8 && changes.count() >= 3
}

/// Returns whether a word has the length and the letters of a hash, so that it is one without
/// digits, too.
pub(super) fn is_hex_word(word: &[u8]) -> bool {
    matches!(word.len(), 8 | 16 | 32 | 40 | 64)
        && word.iter().all(u8::is_ascii_hexdigit)
        && !word.iter().all(u8::is_ascii_digit)
}

/// Returns whether a text is the first line of a request of HTTP.
pub(super) fn is_request(text: &[u8]) -> bool {
    let method = text
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    let is_method = (3..=7).contains(&method) && text.get(method) == Some(&b' ');
    is_method && memchr::memmem::find(text, b" HTTP/").is_some()
}

/// Returns where the key of `key=value` ends.
pub(super) fn pair(word: &[u8]) -> Option<usize> {
    let at = memchr::memchr(b'=', word)?;
    let is_of_key = |byte: &u8| is_of_name(*byte) || b":/[]".contains(byte);
    let key = &word[..at];
    let is_key = key.iter().all(is_of_key) && !key.starts_with(b"/") && !key.ends_with(b":");
    let is_comparison = matches!(word.get(at + 1), Some(b'=' | b'>'));
    (at > 0 && is_key && !is_comparison).then_some(at)
}

/// Returns how many bytes at the end of a word close what is around it, or end a sentence.
pub(super) fn closing(word: &[u8]) -> usize {
    let is_closing = |at: &usize| {
        let opening = match word[*at] {
            b',' | b';' | b':' | b'.' | b'!' | b'?' | b'"' | b'\'' => return true,
            b')' => b'(',
            b']' => b'[',
            b'}' => b'{',
            b'>' => b'<',
            _ => return false,
        };
        // What a value opens, it closes.
        let before = &word[..*at];
        !(before.contains(&b'=') && before.contains(&opening))
    };
    (0..word.len()).rev().take_while(is_closing).count()
}

/// Returns the length of a date in words at the start of a text: `Fri Jul 01 08:16:53 PDT 2005`.
pub(super) fn date(text: &[u8]) -> Option<usize> {
    let is_blank = |byte: &u8| b" ,".contains(byte);
    let is_of = |names: &[u8], text: &[u8]| {
        let word = text.get(..3).filter(|_| text.get(3).is_some_and(is_blank));
        word.is_some_and(|word| names.chunks(3).any(|name| name == word))
    };
    let skip = |at: usize| at + text[at..].iter().take_while(|byte| is_blank(byte)).count();
    let mut at = if is_of(DAYS, text) { skip(3) } else { 0 };
    if !is_of(MONTHS, &text[at..]) {
        return None;
    }
    at = skip(at + 3);
    let word_at = |at: usize| {
        let rest = &text[at..];
        let is_of_word = |byte: &&u8| byte.is_ascii_alphanumeric() || b":.+".contains(byte);
        let word = &rest[..rest.iter().take_while(is_of_word).count()];
        let last = word.iter().rposition(u8::is_ascii_alphanumeric);
        &word[..last.map_or(0, |last| last + 1)]
    };
    let day = word_at(at);
    if !(1..=2).contains(&day.len()) || !day.iter().all(u8::is_ascii_digit) {
        return None;
    }
    at += day.len();
    // Time, zone and year, as far as they follow.
    loop {
        let next = skip(at);
        let word = word_at(next);
        let is_clock = |byte: &u8| byte.is_ascii_digit() || b":.".contains(byte);
        let is_time = word.contains(&b':') && word.iter().all(is_clock);
        let is_zone = (3..=4).contains(&word.len())
            && (word.ends_with(b"T") || word == b"UTC")
            && word.iter().all(u8::is_ascii_uppercase);
        let is_year = word.len() == 4 && word.iter().all(u8::is_ascii_digit);
        if next == at || !(is_time || is_zone || is_year) {
            return Some(at);
        }
        at = next + word.len();
    }
}

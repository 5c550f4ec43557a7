//! What containers put before the lines of a program.

use super::{
    Moment, level,
    stamp::{self, Fraction, Stamp},
};

#[cfg(test)]
mod tests;

/// The longest name of a container that is looked for.
const NAME: usize = 80;

/// The parts of a line of the container runtime interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CriLine<'a> {
    /// When it was written.
    pub(super) moment: Moment,
    /// That time as written.
    pub(super) stamp: &'a [u8],
    /// `stdout` or `stderr`.
    pub(super) stream: &'static str,
    /// Whether the line of the program goes on in the next line.
    pub(super) is_part: bool,
    /// The line of the program.
    pub(super) inner: &'a [u8],
}

/// The parts of a line that `docker logs --timestamps` and its like print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ReceivedLine<'a> {
    /// When the runtime got it.
    pub(super) moment: Moment,
    /// That time as written.
    pub(super) stamp: &'a [u8],
    /// The line of the program.
    pub(super) inner: &'a [u8],
}

/// Splits `web-1  | line` of docker compose into the name and the line.
fn compose(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let length = line.iter().take(NAME).take_while(is_name).count();
    let (name, behind) = line.split_at(length);
    let has_letter = name.first().is_some_and(u8::is_ascii_alphabetic);
    let inner = behind.trim_ascii_start().strip_prefix(b"| ")?;
    (has_letter && behind.first() == Some(&b' ')).then_some((name, inner))
}

/// Splits `0|web  | line` of pm2 into number with name, and the line.
fn pm2(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let behind = line[digits..].strip_prefix(b"|")?;
    let (name, inner) = compose(behind)?;
    (digits > 0).then_some((&line[..digits + 1 + name.len()], inner))
}

/// Splits `[pod/web-1/app] line` of kubectl into the name and the line.
fn pod(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let behind = line.strip_prefix(b"[pod/")?;
    let end = memchr::memchr(b']', behind)?;
    let inner = behind[end + 1..].strip_prefix(b" ")?;
    Some((&line[1..=end + 4], inner))
}

/// Splits `[web] {"level":"info"}` of skaffold and its like into the name and the JSON.
fn service(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let behind = line.strip_prefix(b"[")?;
    let end = memchr::memchr(b']', &behind[..behind.len().min(NAME)])?;
    let (name, inner) = (&behind[..end], behind[end + 1..].strip_prefix(b" ")?);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./".contains(byte);
    let can_be_name = name.first()?.is_ascii_alphabetic() && name.iter().all(is_name);
    let is_json = inner.first() == Some(&b'{');
    (can_be_name && is_json && level::word(name).is_none()).then_some((name, inner))
}

/// Splits `web-5d9f web {"level":"info"}` of stern into the names and the line, which is JSON or
/// begins with a date.
fn stern(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_name =
        |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(byte);
    let pod = memchr::memchr(b' ', &line[..line.len().min(NAME)])?;
    let behind = &line[pod + 1..];
    let container = memchr::memchr(b' ', &behind[..behind.len().min(NAME)])?;
    let (name, inner) = line.split_at(pod + 1 + container);
    let are_names = name
        .split(|byte| *byte == b' ')
        .all(|name| name.iter().all(is_name));
    let is_line = |inner: &&[u8]| {
        let stamp = || stamp::read(inner, usize::from(inner.first() == Some(&b'[')));
        let is_dated = |stamp: Stamp| !matches!(stamp.moment, Moment::TimeOfDay(_));
        inner.first() == Some(&b'{') || stamp().is_some_and(is_dated)
    };
    let inner = inner.strip_prefix(b" ").filter(is_line)?;
    // The name of a pod has a part that makes it unique.
    let is_pod = line.first()?.is_ascii_lowercase() && line[..pod].contains(&b'-');
    (are_names && is_pod && container > 0).then_some((name, inner))
}

/// Splits a line into what a container runtime or a tool for containers puts before it, and the
/// line of the program.
pub(super) fn container(line: &[u8]) -> Option<(&[u8], &[u8])> {
    compose(line)
        .or_else(|| pm2(line))
        .or_else(|| pod(line))
        .or_else(|| service(line))
        .or_else(|| stern(line))
}

/// Splits `2025-05-04T14:02:19.123456789Z stdout F line`.
pub(super) fn cri(line: &[u8]) -> Option<CriLine<'_>> {
    let blank = memchr::memchr(b' ', line)?;
    let (stamp, behind) = line.split_at(blank);
    let (stream, behind) = match behind.strip_prefix(b" stdout ") {
        Some(behind) => ("stdout", behind),
        None => ("stderr", behind.strip_prefix(b" stderr ")?),
    };
    let (tag, inner) = behind.split_first()?;
    let is_tag = matches!(tag, b'F' | b'P');
    let inner = inner
        .strip_prefix(b" ")
        .or(inner.is_empty().then_some(inner))?;
    let found = stamp::read(stamp, 0).filter(|found| found.end == blank)?;
    Some(CriLine {
        moment: found.moment,
        stamp,
        stream,
        is_part: *tag == b'P',
        inner: is_tag.then_some(inner)?,
    })
}

/// Splits `2025-05-04T14:02:19.123456789Z line`.
pub(super) fn received(line: &[u8]) -> Option<ReceivedLine<'_>> {
    let blank = memchr::memchr(b' ', line)?;
    let found = stamp::read(line, 0).filter(|found| found.end == blank && found.has_t)?;
    let is_precise = found.fraction == Fraction::Point;
    let is_instant = matches!(found.moment, Moment::Instant(_));
    (is_precise && is_instant).then_some(ReceivedLine {
        moment: found.moment,
        stamp: &line[..blank],
        inner: &line[blank + 1..],
    })
}

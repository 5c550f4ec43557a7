//! Arguments come out as they went in, whichever way they travel; and whatever bytes come out, the
//! writer goes on.

use chronologix_core::{
    Multiline,
    internals::{
        BufEncoder, Decoder, Encoder, LineEncoder, LineHead, LineStyle, MessageWriter, RingBuffer,
    },
};
use chronologix_schema::layout::{TimestampFormat, zone};
use serde_json::Value;

use super::{
    arguments::{Argument, Room},
    feed::Feed,
    fields,
    line_rule::{escaped, one_line},
};

/// The styles of a line; none is JSON.
const STYLES: [Option<Multiline>; 3] = [Some(Multiline::Escape), Some(Multiline::Indent), None];

/// What stands in front of the message.
const HEADS: [&str; 2] = [
    "[00] ",
    r#"{"timestamp":"1970-01-01T00:00:00.000000+00:00","level":null,"stream":"app","message":"#,
];

/// Arguments of a record.
const MOST: usize = 16;

pub(crate) fn check(data: &[u8]) {
    let mut feed = Feed::new(data);
    if feed.below(4) == 0 {
        damaged(&mut feed);
    } else {
        sent(&mut feed);
    }
}

/// Arguments on their way from the caller to the line.
fn sent(feed: &mut Feed<'_>) {
    // A record has room for 1 MiB. With so little it comes to the same, and takes no time.
    let room = feed.short() % 1024;
    let arguments = arguments(feed, room);
    let mut bytes = vec![0xaa; 3];
    let mut to = BufEncoder::with_room(&mut bytes, room);
    put_all(&arguments, &mut to);
    let mut room = Room::new(room);
    assert!(
        bytes.len() <= room.bound(arguments.len()),
        "there is a bound"
    );
    assert_eq!(bytes.len() % 8, 0, "whole words");

    let arrived: Vec<_> = arguments
        .into_iter()
        .map(|argument| {
            let text = argument.arriving(&mut room);
            (argument, text)
        })
        .collect();
    let mut maker = Maker::new();
    messages(&mut maker, &arrived, &bytes);
    fields_of(&mut maker, &arrived, &bytes);
    directly(&arrived, feed);
}

fn arguments(feed: &mut Feed<'_>, room: usize) -> Vec<Argument> {
    let mut arguments = Vec::new();
    while !feed.is_empty() && arguments.len() < MOST && feed.below(16) != 0 {
        arguments.push(Argument::of(feed, room));
    }
    arguments
}

/// All arguments in one message.
fn messages(maker: &mut Maker, arrived: &[(Argument, String)], bytes: &[u8]) {
    let mut message = String::new();
    for (argument, text) in arrived {
        message.push('|');
        argument.expect(text, &mut message);
    }
    for style in STYLES {
        let line = maker.line(style, |out| {
            let mut from = Decoder::new(bytes);
            for (argument, _) in arrived {
                out.literal("|");
                argument.render(&mut from, out);
            }
            assert!(from.is_at_end(), "all that was put was taken");
        });
        let seen = one_line(&line, style);
        if let Some(multiline) = style {
            assert_eq!(seen, HEADS[0].to_owned() + &escaped(&message, multiline));
        } else {
            let seen: Value = serde_json::from_str(&seen).expect("JSON");
            assert_eq!(seen["message"], *message);
        }
    }
}

/// All arguments as fields; in JSON each by itself, for the text of a number says more than what a
/// reader makes of it.
fn fields_of(maker: &mut Maker, arrived: &[(Argument, String)], bytes: &[u8]) {
    let expected: Vec<_> = (0..)
        .zip(arrived)
        .map(|(at, (argument, text))| (name(at), argument.plain(text)))
        .collect();
    for style in STYLES {
        let line = maker.line(style, |out| {
            let mut from = Decoder::new(bytes);
            for (at, (argument, _)) in arrived.iter().enumerate() {
                argument.render_field(&name(at), &mut from, out);
            }
        });
        let seen = one_line(&line, style);
        if style.is_some() {
            let seen = seen.strip_prefix(HEADS[0]).expect("no message");
            assert_eq!(fields::read(seen), expected);
            continue;
        }
        let whole: serde_json::Map<String, Value> = serde_json::from_str(&seen).expect("JSON");
        assert_eq!(whole.len(), 4 + arrived.len());
        let mut rest = seen
            .strip_prefix(HEADS[1])
            .and_then(|rest| rest.strip_prefix(r#""""#))
            .expect("no message");
        for (at, (argument, text)) in arrived.iter().enumerate() {
            let head = format!(r#","{}":"#, name(at).replace('\u{202e}', r"\u202e"));
            rest = rest.strip_prefix(&head).expect("a field");
            match argument.as_json(text) {
                Ok(number) => rest = rest.strip_prefix(&number).expect("the number"),
                Err(string) => {
                    let mut values = serde_json::Deserializer::from_str(rest).into_iter();
                    let value: String = values.next().expect("a value").expect("a string");
                    assert_eq!(value, string);
                    rest = &rest[values.byte_offset()..];
                }
            }
        }
        assert_eq!(rest, "}");
    }
}

fn name(at: usize) -> String {
    // The second needs quotes.
    format!("{}{at}", ["a", "b ", "é\u{202e}"][at % 3])
}

/// Straight into the ring, somewhere in it: there are the bytes that the other way gives.
fn directly(arrived: &[(Argument, String)], feed: &mut Feed<'_>) {
    let arguments = arrived.iter().map(|(argument, _)| argument);
    let raw = arguments.filter(|argument| argument.words().is_some());
    let words = raw.clone().filter_map(Argument::words).sum();
    let mut bytes = Vec::new();
    let mut to = BufEncoder::with_room(&mut bytes, usize::MAX);
    put_all(raw.clone(), &mut to);

    let ring = RingBuffer::new(words as u64);
    let begin = u64::from_le_bytes(feed.array()) >> 1;
    put_all(raw, &mut ring.writer(begin));
    let in_ring = (begin..).take(words).map(|at| ring.get(at));
    let in_ring = in_ring.flat_map(u64::to_le_bytes).collect::<Vec<_>>();
    assert_eq!(in_ring, bytes, "both ways are one");
}

fn put_all<'a>(arguments: impl IntoIterator<Item = &'a Argument>, to: &mut impl Encoder) {
    for argument in arguments {
        argument.encode(to);
    }
}

/// Bytes that nobody put. They never come, but if they did, they would be taken for something.
fn damaged(feed: &mut Feed<'_>) {
    let mut maker = Maker::new();
    let arguments = arguments(feed, 0);
    let bytes = feed.rest();
    // A byte may become an escape, twice in what `{:?}` makes of it; a number is at most as long as
    // the smallest float.
    let bound = 512 + 64 * bytes.len() + 2048 * arguments.len();
    for style in STYLES {
        let line = maker.line(style, |out| {
            let mut from = Decoder::new(bytes);
            for argument in &arguments {
                argument.render(&mut from, out);
            }
            let mut from = Decoder::new(bytes);
            for (at, argument) in arguments.iter().enumerate() {
                argument.render_field(&name(at), &mut from, out);
            }
        });
        assert!(line.capacity() <= 2 * bound, "there is a bound");
        let seen = one_line(&line, style);
        if style.is_none() && std::str::from_utf8(&line).is_ok() {
            let _: Value = serde_json::from_str(&seen).expect("JSON");
        }
    }
}

/// Makes lines of UTC.
struct Maker(LineEncoder);

impl Maker {
    fn new() -> Self {
        let format = TimestampFormat::parse("%H").expect("a format");
        Self(LineEncoder::new(format, zone("UTC").expect("always there")))
    }

    fn line(
        &mut self,
        style: Option<Multiline>,
        fill: impl FnOnce(&mut MessageWriter<'_>),
    ) -> Vec<u8> {
        let mut line = Vec::new();
        let style = style.map_or(LineStyle::Json, LineStyle::Text);
        let head = LineHead::new("app", 0, None);
        self.0.append(&mut line, &style.into(), &head, fill);
        line
    }
}

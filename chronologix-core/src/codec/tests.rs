//! The way of an argument from the caller to the line, compared with what `format!` makes of it.
#![allow(
    clippy::needless_borrow,
    clippy::items_after_statements,
    clippy::many_single_char_names,
    reason = "these tests write what `log!` expands to"
)]

mod fields;
mod formats;
mod json;
mod long;
mod random;
mod user_code;

use chronologix_schema::layout::Multiline;

use super::{
    decode::{Decoder, Render, render},
    encode::{BufEncoder, Encode, MAX_DIRECT_WORDS},
};
use crate::{
    format::message::{LineStyle, MessageWriter, Template},
    queue::ring_buffer::RingBuffer,
};

const TEXT: LineStyle = LineStyle::Text(Multiline::Escape);

/// Returns the encoded arguments. If they may go straight into the queue, they are the same there.
#[inline(never)]
fn encode<W: Encode>(args: &W) -> Vec<u8> {
    let mut bytes = vec![0xaa; 3];
    args.encode(&mut BufEncoder::new(&mut bytes));
    if W::IS_RAW && args.words() <= MAX_DIRECT_WORDS {
        // In the middle of a ring, so that it goes round its end.
        let ring = RingBuffer::new(args.words() as u64);
        let begin = ring.len() / 2;
        args.encode(&mut ring.writer(begin));
        let words = (begin..).take(args.words()).map(|at| ring.get(at));
        let direct = words.flat_map(u64::to_le_bytes).collect::<Vec<_>>();
        assert_eq!(direct, bytes, "both ways are one");
    }
    bytes
}

/// The line, from its message on, that the writer makes of a record.
fn decode(bytes: &[u8], render: Render, style: LineStyle) -> String {
    let (mut line, mut scratch) = (b"before ".to_vec(), b"rubbish".to_vec());
    let mut out = MessageWriter::new(&mut line, &mut scratch, style, None);
    let mut from = Decoder::new(bytes);
    render(&mut from, &mut out);
    out.complete_message();
    assert!(from.is_at_end(), "all that was put was taken");
    let line = String::from_utf8(line).unwrap();
    line.strip_prefix("before ").unwrap().to_owned()
}

/// The line of a record. The arguments stand before the template, as it does for `submit`.
#[inline(never)]
fn line<W, T>(args: &W, _template: T, style: LineStyle) -> String
where
    W: Encode,
    T: for<'w> Template<W::Value<'w>>,
{
    decode(&encode(args), render::<W, T>, style)
}

/// The message as it was before anything in it was escaped.
#[expect(clippy::needless_pass_by_value, reason = "it holds temporaries")]
#[inline(never)]
fn message<W, T>(args: W, template: T) -> String
where
    W: Encode,
    T: for<'w> Template<W::Value<'w>>,
{
    serde_json::from_str(&line(&args, template, LineStyle::Json)).unwrap()
}

/// Sends values through a hole for each spec, and compares with `format!`.
macro_rules! check {
    ($value:expr => $($spec:literal)+) => {{
        #[allow(unused_imports, reason = "one of the two is used")]
        use crate::codec::arg::{Arg, FormattedArg as _, RawArg as _};
        let value = $value;
        $({
            struct Formatted;
            impl<V: $crate::format::value::Value> $crate::format::message::Template<(V, ())> for Formatted {
                fn render((value, ()): (V, ()), out: &mut $crate::format::message::MessageWriter<'_>) {
                    out.formatted(format_args!($spec, value));
                }
            }
            let seen = $crate::codec::tests::message(
                ((&Arg(&value)).__encode(format_args!($spec, value)), ()),
                Formatted,
            );
            assert_eq!(seen, format!($spec, value), "{}", $spec);
        })+
        struct Plain;
        impl<V: $crate::format::value::Value> $crate::format::message::Template<(V, ())> for Plain {
            fn render((value, ()): (V, ()), out: &mut $crate::format::message::MessageWriter<'_>) {
                value.plain(out);
            }
        }
        let seen = $crate::codec::tests::message(
            ((&Arg(&value)).__encode(format_args!("{}", value)), ()),
            Plain,
        );
        assert_eq!(seen, format!("{value}"), "as it is");
    }};
}
use check;

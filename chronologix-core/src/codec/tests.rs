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
    decode::Decoder,
    encode::{Arguments, BufEncoder, MAX_DIRECT_WORDS},
    template::render,
};
use crate::{
    format::message::{LineStyle, MessageWriter},
    frontend::callsite::Callsite,
    queue::ring_buffer::RingBuffer,
};

const TEXT: LineStyle = LineStyle::Text(Multiline::Escape);

/// Returns the encoded arguments. If they may go straight into the queue, they are the same there.
#[inline(never)]
fn encode<A: Arguments>(args: &A) -> Vec<u8> {
    let mut bytes = vec![0xaa; 3];
    args.encode(&mut BufEncoder::new(&mut bytes));
    if args.words() <= MAX_DIRECT_WORDS {
        // In the middle of a ring, so that it goes round its end.
        let ring = RingBuffer::new(args.words() as u64);
        let begin = ring.len() / 2;
        args.encode_raw(&mut ring.writer(begin));
        let words = (begin..).take(args.words()).map(|at| ring.get(at));
        let direct = words.flat_map(u64::to_le_bytes).collect::<Vec<_>>();
        assert_eq!(direct, bytes, "both ways are one");
    }
    bytes
}

/// The line of a record, from its message on.
#[inline(never)]
fn line<A: Arguments>(callsite: &Callsite, args: &A, style: LineStyle) -> String {
    let bytes = encode(args);
    let (mut line, mut scratch) = (b"before ".to_vec(), b"rubbish".to_vec());
    let mut out = MessageWriter::new(&mut line, &mut scratch, style, None);
    let mut from = Decoder::new(&bytes);
    render(&callsite.pieces(args), &mut from, &mut out);
    out.complete_message();
    assert!(from.is_at_end(), "all that was put was taken");
    let line = String::from_utf8(line).unwrap();
    line.strip_prefix("before ").unwrap().to_owned()
}

/// The callsite of records whose text is `template`.
const fn callsite(template: &'static str) -> Callsite {
    Callsite::new(None, template)
}

/// The message as it was before anything in it was escaped.
#[expect(clippy::needless_pass_by_value, reason = "it holds temporaries")]
#[inline(never)]
fn message<A: Arguments>(callsite: &Callsite, args: A) -> String {
    serde_json::from_str(&line(callsite, &args, LineStyle::Json)).unwrap()
}

/// Sends values through a hole for each spec, and compares with `format!`.
macro_rules! check {
    ($value:expr => $($spec:literal)+) => {{
        #[allow(unused_imports, reason = "one of the two is used")]
        use crate::codec::arg::{Arg, FormattedArg as _, RawArg as _};
        let value = $value;
        $({
            let callsite = crate::codec::tests::callsite("{}")
                .formats(&[(0, |value, out| out.formatted(format_args!($spec, value)))]);
            let seen = crate::codec::tests::message(
                &callsite,
                ((&Arg(&value)).__encode(format_args!($spec, value)), ()),
            );
            assert_eq!(seen, format!($spec, value), "{}", $spec);
        })+
        let seen = crate::codec::tests::message(
            &crate::codec::tests::callsite("{}"),
            ((&Arg(&value)).__encode(format_args!("{}", value)), ()),
        );
        assert_eq!(seen, format!("{value}"), "as it is");
    }};
}
use check;

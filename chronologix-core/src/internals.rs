//! What this project's own fuzz targets, benchmarks and fault tests may use. Not part of the public
//! API.

mod queue;

use chronologix_schema::layout::{TimeZone, TimestampFormat};

pub use self::queue::{DeferredPush, DroppedSpan, Header, MergedQueues, Offered, Queue, Taken};
use crate::{
    Level, Multiline,
    codec::encode::BufEncoder,
    format::{line::LineEncoder, message::LineStyle},
    queue::ring_buffer::RingBuffer,
};
pub use crate::{
    codec::{
        arg::AsRaw,
        decode::Decoder,
        encode::{Encode, Encoder},
    },
    private::{Arg, Formatted, FormattedArg, MessageWriter, Plain, RawArg, Template, Value},
};

/// Returns an encoder that appends to `out`, with room for this many bytes of text.
#[must_use]
pub fn encoder(out: &mut Vec<u8>, room: usize) -> impl Encoder {
    BufEncoder::with_room(out, room)
}

/// Returns a decoder of these bytes.
#[must_use]
pub fn decoder(bytes: &[u8]) -> Decoder<'_> {
    Decoder::new(bytes)
}

/// Returns whether everything was decoded.
#[must_use]
pub fn is_at_end(from: &Decoder<'_>) -> bool {
    from.is_at_end()
}

/// The ring buffer of a queue, without the queue.
#[derive(Debug)]
pub struct Ring(RingBuffer);

impl Ring {
    /// Creates a ring with room for this many words.
    #[must_use]
    pub fn new(words: u64) -> Self {
        Self(RingBuffer::new(words))
    }

    /// Returns an encoder that writes at a place in the ring.
    #[must_use]
    pub fn slot(&self, at: u64) -> impl Encoder {
        self.0.writer(at)
    }

    /// Returns the bytes of some words.
    #[must_use]
    pub fn read(&self, at: u64, words: usize) -> Vec<u8> {
        let words = (at..).take(words).map(|at| self.0.get(at));
        words.flat_map(u64::to_le_bytes).collect()
    }
}

/// Writes lines as the writer does, without queue and files.
#[derive(Debug)]
pub struct Lines(LineEncoder);

impl Lines {
    /// Creates lines with timestamps of this format and zone.
    #[must_use]
    pub fn new(format: TimestampFormat, zone: TimeZone) -> Self {
        Self(LineEncoder::new(format, zone))
    }

    /// Returns the timestamp of a text line, without its brackets.
    pub fn stamp(&mut self, wall: i64) -> String {
        self.0.timestamp(wall)
    }

    /// Appends a line: of text, or of JSON if `text` is `None`.
    pub fn append(
        &mut self,
        out: &mut Vec<u8>,
        text: Option<Multiline>,
        stream: &str,
        wall: i64,
        level: Option<Level>,
        fill: impl FnOnce(&mut MessageWriter<'_>),
    ) {
        let style = text.map_or(LineStyle::Json, LineStyle::Text);
        self.0.append(out, style, stream, wall, level, fill);
    }
}

/// What the fault tests do to their own process.
#[cfg(unix)]
pub mod faults {
    use std::io;

    use crate::process::libc_hooks;

    /// Forks this process. Returns the child's number in the parent, and `None` in the child, which
    /// has this thread alone.
    ///
    /// # Errors
    ///
    /// The system's, if it has no room for another process.
    pub fn fork() -> io::Result<Option<i32>> {
        libc_hooks::fork()
    }

    /// Waits for the end of a child. Returns the code it exited with, or the negative number of
    /// the signal that ended it.
    ///
    /// # Errors
    ///
    /// The system's, if there is no such child.
    pub fn wait_for(child: i32) -> io::Result<i32> {
        libc_hooks::wait_for(child)
    }

    /// Ends this process at once, without any hook.
    pub fn exit_at_once(code: i32) -> ! {
        libc_hooks::exit_at_once(code)
    }

    /// Sends a signal to this thread.
    pub fn raise(signal: i32) {
        libc_hooks::raise(signal);
    }

    /// Writes to an address that is not mapped.
    pub fn crash() {
        libc_hooks::crash();
    }
}

//! What this project's own fuzz targets, benchmarks and fault tests may use. Not part of the public
//! API.

pub use crate::{
    backend::merge::QueueMerger,
    clock::Clock,
    codec::{
        arg::AsRaw,
        decode::Decoder,
        encode::{Arguments, BufEncoder, Encode, Encoder},
    },
    format::{
        line::{LineEncoder, LineHead, LineLayout},
        message::LineStyle,
        value::Value,
    },
    private::{Callsite, Formatted, MessageWriter},
    queue::{
        channel::{Channel, StreamPolicy},
        parker::WaitMode,
        record_header::RecordHeader,
        registry::QueueRegistry,
        ring_buffer::RingBuffer,
        spsc::{
            DeferredRecord, Depth, Dropped,
            consumer::{Consumer, Popped},
            producer::{Producer, PushError, PushOutcome},
        },
    },
};

/// Returns what writes the message and fields of a callsite's records from their encoded arguments.
pub fn write_record(
    callsite: &Callsite,
    args: &dyn Arguments,
) -> impl Fn(&[u8], &mut MessageWriter<'_>) + use<> {
    let pieces = callsite.pieces(args);
    move |bytes, out| crate::codec::template::render(&pieces, &mut Decoder::new(bytes), out)
}

/// What the fault tests do to their own process.
#[cfg(unix)]
pub mod faults {
    pub use crate::libc_hooks::{
        WatchedAllocator, crash, every_millisecond, exit_at_once, fork, raise, wait_for,
    };
}

/// What the programs of the fault tests do to their own process.
#[cfg(windows)]
pub mod faults {
    pub use crate::win32::press_ctrl_c;
}

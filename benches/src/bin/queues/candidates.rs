//! The queues under trial.

use std::{
    hint::black_box,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use rtrb::{Consumer, Producer, RingBuffer};

/// Bytes a queue may hold: the default of chronologix.
const CAPACITY: usize = 1 << 20;

/// Bytes of a header.
pub(crate) const HEADER: usize = 32;

/// Bytes after which a ring's consumer gives room back.
const PORTION: usize = 1 << 16;

/// A queue.
pub(crate) trait Queue {
    type Push: Push;
    type Sweep: Sweep;

    /// Whether what is pushed comes out again.
    const KEEPS: bool = true;

    /// Both ends of an empty queue.
    fn new() -> (Self::Push, Self::Sweep);
}

/// The producer's end.
pub(crate) trait Push: Send {
    /// Queues a record: `HEADER` bytes that may be used for the header, then the arguments. `false` if there is no room.
    fn push(&mut self, ticks: u64, record: &mut [u8]) -> bool;
}

/// The consumer's end.
pub(crate) trait Sweep: Send {
    /// Takes all there is.
    fn sweep(&mut self, each: impl FnMut(u64, &[u8]));
}

/// What a header of chronologix holds.
#[derive(Clone, Copy)]
struct Header {
    ticks: u64,
    site: &'static str,
    len: u32,
    stream: u16,
}

const _: () = assert!(size_of::<Header>() == HEADER);

impl Header {
    fn new(ticks: u64, arguments: &[u8]) -> Self {
        Self {
            ticks,
            site: "a call site",
            len: u32::try_from(arguments.len()).unwrap_or(u32::MAX),
            stream: 1,
        }
    }
}

/// Nothing at all.
pub(crate) struct NoQueue;

impl Queue for NoQueue {
    type Push = Self;
    type Sweep = Self;

    const KEEPS: bool = false;

    fn new() -> (Self, Self) {
        (Self, Self)
    }
}

impl Push for NoQueue {
    #[inline]
    fn push(&mut self, _ticks: u64, record: &mut [u8]) -> bool {
        black_box(record);
        true
    }
}

impl Sweep for NoQueue {
    fn sweep(&mut self, _each: impl FnMut(u64, &[u8])) {}
}

/// Two vectors behind a lock, swapped by the consumer.
pub(crate) struct DoubleBuffer;

#[derive(Default)]
struct Buffer {
    headers: Vec<Header>,
    bytes: Vec<u8>,
}

pub(crate) struct Filling(Arc<Mutex<Buffer>>);

pub(crate) struct Swapping {
    filled: Arc<Mutex<Buffer>>,
    spare: Buffer,
}

impl Queue for DoubleBuffer {
    type Push = Filling;
    type Sweep = Swapping;

    fn new() -> (Filling, Swapping) {
        let filled = Arc::<Mutex<Buffer>>::default();
        let spare = Buffer::default();
        (Filling(Arc::clone(&filled)), Swapping { filled, spare })
    }
}

impl Push for Filling {
    #[inline]
    fn push(&mut self, ticks: u64, record: &mut [u8]) -> bool {
        let arguments = &record[HEADER..];
        let mut buffer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let used = buffer.bytes.len() + size_of_val(buffer.headers.as_slice());
        if used + record.len() > CAPACITY {
            return false;
        }
        buffer.headers.push(Header::new(ticks, arguments));
        buffer.bytes.extend_from_slice(arguments);
        true
    }
}

impl Sweep for Swapping {
    fn sweep(&mut self, mut each: impl FnMut(u64, &[u8])) {
        let mut filled = self.filled.lock().unwrap_or_else(PoisonError::into_inner);
        mem::swap(&mut *filled, &mut self.spare);
        drop(filled);
        let mut from = 0;
        for header in &self.spare.headers {
            black_box((header.site, header.stream));
            let to = from + header.len as usize;
            each(header.ticks, &self.spare.bytes[from..to]);
            from = to;
        }
        self.spare.headers.clear();
        self.spare.bytes.clear();
    }
}

/// One ring of bytes; the header goes in front of the arguments.
pub(crate) struct ByteRing;

pub(crate) struct Taking {
    ring: Consumer<u8>,
    /// A record that lies across the end of the ring.
    across: Vec<u8>,
}

impl Queue for ByteRing {
    type Push = Producer<u8>;
    type Sweep = Taking;

    fn new() -> (Producer<u8>, Taking) {
        let (producer, ring) = RingBuffer::new(CAPACITY);
        let across = Vec::new();
        (producer, Taking { ring, across })
    }
}

impl Push for Producer<u8> {
    #[inline]
    fn push(&mut self, ticks: u64, record: &mut [u8]) -> bool {
        let len = u32::try_from(record.len()).unwrap_or(u32::MAX);
        record[..8].copy_from_slice(&ticks.to_le_bytes());
        // In place of the references: numbers of the same size.
        record[8..16].copy_from_slice(&1_u64.to_le_bytes());
        record[16..24].copy_from_slice(&2_u64.to_le_bytes());
        record[24..28].copy_from_slice(&len.to_le_bytes());
        record[28..30].copy_from_slice(&1_u16.to_le_bytes());
        self.push_entire_slice(record).is_ok()
    }
}

impl Sweep for Taking {
    fn sweep(&mut self, mut each: impl FnMut(u64, &[u8])) {
        loop {
            let Ok(chunk) = self.ring.read_chunk(self.ring.slots()) else {
                return;
            };
            let (front, back) = chunk.as_slices();
            let available = chunk.len();
            let mut from = 0;
            while from < available.min(PORTION) {
                let header = part(front, back, from, HEADER, &mut self.across);
                let ticks = number(&header[..8]);
                let len = usize::try_from(number(&header[24..28])).unwrap_or_default();
                let record = part(front, back, from, len, &mut self.across);
                each(ticks, &record[HEADER..]);
                from += len;
            }
            chunk.commit(from);
            if from == available {
                return;
            }
        }
    }
}

/// `len` bytes from `from` on, copied only if they lie in both slices.
fn part<'a>(
    front: &'a [u8],
    back: &'a [u8],
    from: usize,
    len: usize,
    across: &'a mut Vec<u8>,
) -> &'a [u8] {
    if let Some(from) = from.checked_sub(front.len()) {
        return &back[from..from + len];
    }
    if from + len <= front.len() {
        return &front[from..from + len];
    }
    across.clear();
    across.extend_from_slice(&front[from..]);
    across.extend_from_slice(&back[..from + len - front.len()]);
    across
}

fn number(bytes: &[u8]) -> u64 {
    let mut whole = [0; 8];
    whole[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(whole)
}

/// A ring of headers and a ring of bytes.
pub(crate) struct TwoRings;

pub(crate) struct BothPush {
    headers: Producer<Header>,
    bytes: Producer<u8>,
}

pub(crate) struct BothSweep {
    headers: Consumer<Header>,
    bytes: Consumer<u8>,
    across: Vec<u8>,
}

impl Queue for TwoRings {
    type Push = BothPush;
    type Sweep = BothSweep;

    fn new() -> (BothPush, BothSweep) {
        let (headers, headers_end) = RingBuffer::new(CAPACITY / 2 / HEADER);
        let (bytes, bytes_end) = RingBuffer::new(CAPACITY / 2);
        let sweep = BothSweep {
            headers: headers_end,
            bytes: bytes_end,
            across: Vec::new(),
        };
        (BothPush { headers, bytes }, sweep)
    }
}

impl Push for BothPush {
    #[inline]
    fn push(&mut self, ticks: u64, record: &mut [u8]) -> bool {
        let arguments = &record[HEADER..];
        // The header makes the record known, so it comes last; room for it is taken first.
        let Ok(room) = self.headers.write_chunk_uninit(1) else {
            return false;
        };
        if self.bytes.push_entire_slice(arguments).is_err() {
            return false;
        }
        room.fill_from_iter([Header::new(ticks, arguments)]) == 1
    }
}

impl Sweep for BothSweep {
    fn sweep(&mut self, mut each: impl FnMut(u64, &[u8])) {
        loop {
            let available = self.headers.slots().min(PORTION / HEADER);
            let Ok(headers) = self.headers.read_chunk(available) else {
                return;
            };
            if available == 0 {
                return;
            }
            let Ok(bytes) = self.bytes.read_chunk(self.bytes.slots()) else {
                return;
            };
            let (front, back) = bytes.as_slices();
            let mut from = 0;
            let (first, second) = headers.as_slices();
            for header in first.iter().chain(second) {
                black_box((header.site, header.stream));
                let len = header.len as usize;
                each(header.ticks, part(front, back, from, len, &mut self.across));
                from += len;
            }
            headers.commit_all();
            bytes.commit(from);
        }
    }
}

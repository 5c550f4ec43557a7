//! Writes zstd in frames of a bounded size, with a table of them at the end.
//!
//! A reader that knows the table decompresses the frame that it needs. To all others it is a file
//! of zstd.

use std::{
    io::{self, Write},
    mem,
};

use chronologix_schema::layout::{FrameLengths, SeekTable};
use zstd::stream::raw::{CParameter, Encoder, Operation as _, OutBuffer};

#[cfg(test)]
mod tests;

/// The bytes that are compressed between two writes. As many fit in a block of zstd.
const CHUNK: usize = 128 << 10;

/// The first level whose frames are large. Below it, a frame is not much larger without a bound.
const LARGE_FRAMES_FROM: u8 = 10;

/// Compresses what is written to it.
pub(crate) struct FrameWriter<'a> {
    sink: &'a mut dyn Write,
    encoder: Encoder<'static>,
    /// The bytes of a full frame, decompressed.
    full: u32,
    /// The frame that is being written, as far as it is.
    frame: FrameLengths,
    table: SeekTable,
    packed: Box<[u8]>,
}

/// Returns the logarithm of the bytes of a frame, decompressed. It is also the window, which is the
/// memory that a decoder needs.
fn frame_log(level: u8) -> u32 {
    if level < LARGE_FRAMES_FROM { 20 } else { 22 }
}

impl<'a> FrameWriter<'a> {
    pub(crate) fn new(sink: &'a mut dyn Write, level: u8) -> io::Result<Self> {
        let mut encoder = Encoder::new(level.into())?;
        encoder.set_parameter(CParameter::ChecksumFlag(true))?;
        encoder.set_parameter(CParameter::WindowLog(frame_log(level)))?;
        Ok(Self {
            sink,
            encoder,
            full: 1 << frame_log(level),
            frame: EMPTY,
            table: SeekTable::default(),
            packed: vec![0; CHUNK].into(),
        })
    }

    /// Writes what is left of the last frame, and the table. What is empty has one frame, so that
    /// it begins as all others do.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if self.frame.plain > 0 || self.table.frames().is_empty() {
            self.finish_frame()?;
        }
        self.sink.write_all(&self.table.encode())
    }

    fn finish_frame(&mut self) -> io::Result<()> {
        loop {
            let mut packed = OutBuffer::around(&mut self.packed[..]);
            let left = self.encoder.finish(&mut packed, true)?;
            let length = packed.pos();
            self.write_packed(length)?;
            if left == 0 {
                break;
            }
        }
        self.encoder.reinit()?;
        self.table.push(mem::replace(&mut self.frame, EMPTY));
        Ok(())
    }

    fn write_packed(&mut self, length: usize) -> io::Result<()> {
        self.sink.write_all(&self.packed[..length])?;
        // A frame is a little larger than its content at most.
        self.frame.packed += u32::try_from(length).map_err(io::Error::other)?;
        Ok(())
    }
}

const EMPTY: FrameLengths = FrameLengths {
    packed: 0,
    plain: 0,
};

impl Write for FrameWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = usize::try_from(self.full - self.frame.plain).unwrap_or(usize::MAX);
        let bytes = &bytes[..bytes.len().min(room).min(CHUNK)];
        loop {
            let step = self.encoder.run_on_buffers(bytes, &mut self.packed)?;
            self.write_packed(step.bytes_written)?;
            let read = step.bytes_read;
            // A step may take nothing while it writes what it took before.
            if read > 0 || bytes.is_empty() {
                self.frame.plain += u32::try_from(read).map_err(io::Error::other)?;
                if self.frame.plain == self.full {
                    self.finish_frame()?;
                }
                return Ok(read);
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

//! Decompresses xz up to the last byte of what there is.

use std::io::{self, BufRead, Read};

use lzma_rust2::{Action, Status, XzStream};

/// Reads one stream of xz. Everything before a cut or damage is returned. The reader of the library
/// returns nothing of the chunk that is cut, which can be 2 MiB of text.
pub(super) struct XzDecoder<'p> {
    packed: &'p mut dyn BufRead,
    stream: XzStream,
    /// How it ended, once it has.
    end: Option<io::Result<()>>,
}

impl<'p> XzDecoder<'p> {
    /// Starts at the beginning of a stream.
    pub(super) fn new(packed: &'p mut dyn BufRead) -> Self {
        Self {
            packed,
            stream: XzStream::new(false),
            end: None,
        }
    }

    /// Decompresses some bytes. Returns how many.
    fn step(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.packed.fill_buf()?;
        let is_at_end = bytes.is_empty();
        let action = if is_at_end {
            Action::Finish
        } else {
            Action::Run
        };
        let before = (self.stream.total_in(), self.stream.total_out());
        let step = self.stream.process(bytes, buffer, action);
        // What came before an error counts, too.
        let taken = self.stream.total_in() - before.0;
        let given = self.stream.total_out() - before.1;
        self.packed.consume(usize::try_from(taken).unwrap_or(0));
        match step {
            Ok(step) if step.status == Status::StreamEnd => self.end = Some(Ok(())),
            Ok(_) if is_at_end && given == 0 => {
                self.end = Some(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            Ok(_) => {}
            Err(error) => self.end = Some(Err(error)),
        }
        Ok(usize::try_from(given).unwrap_or(0))
    }
}

impl Read for XzDecoder<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.end.is_none() {
            let given = self.step(buffer)?;
            if given > 0 {
                return Ok(given);
            }
        }
        // An error is returned once.
        self.end.replace(Ok(())).unwrap_or(Ok(())).map(|()| 0)
    }
}

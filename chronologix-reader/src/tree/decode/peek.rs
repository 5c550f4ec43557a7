//! A buffered reader that can look ahead.

use std::io::{self, BufRead, Read};

/// Reads through a buffer, and looks at bytes without taking them.
#[derive(Debug)]
pub(super) struct Peek<R> {
    inner: R,
    buffer: Vec<u8>,
    /// What is left to take of the buffer.
    start: usize,
    end: usize,
}

impl<R: Read> Peek<R> {
    /// Reads up to `size` bytes at once.
    pub(super) fn new(inner: R, size: usize) -> Self {
        Self {
            inner,
            buffer: vec![0; size],
            start: 0,
            end: 0,
        }
    }

    /// Returns the next `length` bytes, or all that are left if there are fewer. Waits for them.
    pub(super) fn peek(&mut self, length: usize) -> io::Result<&[u8]> {
        while self.end - self.start < length {
            if self.start + length > self.buffer.len() {
                self.buffer.copy_within(self.start..self.end, 0);
                (self.start, self.end) = (0, self.end - self.start);
            }
            if self.fill()? == 0 {
                break;
            }
        }
        let end = self.end.min(self.start + length);
        Ok(&self.buffer[self.start..end])
    }

    /// Skips bytes that are zero.
    pub(super) fn skip_zeros(&mut self) -> io::Result<()> {
        loop {
            let bytes = self.fill_buf()?;
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            let is_over = zeros < bytes.len() || zeros == 0;
            self.consume(zeros);
            if is_over {
                return Ok(());
            }
        }
    }

    /// Reads more behind what is in the buffer. Returns how much it was.
    fn fill(&mut self) -> io::Result<usize> {
        loop {
            match self.inner.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(length) => {
                    self.end += length;
                    return Ok(length);
                }
            }
        }
    }
}

impl<R: Read> Read for Peek<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let length = bytes.len().min(buffer.len());
        buffer[..length].copy_from_slice(&bytes[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl<R: Read> BufRead for Peek<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            self.fill()?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, length: usize) {
        self.start = self.end.min(self.start + length);
    }
}

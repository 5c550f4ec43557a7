//! The reference: what one thread can do that only formats and writes.

use std::{
    fs::File,
    io::{self, Write as _},
    marker::PhantomData,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Caller, Drained, Peer};
use crate::{Failure, order::Order, time_of_day::TimeOfDay};

/// Bytes a write.
const BLOCK: usize = 1 << 16;

/// A vector in front of a file, alone or behind a mutex.
pub(crate) struct Reference<F> {
    block: Arc<Mutex<Block<F>>>,
    alone: bool,
}

pub(crate) enum Lines<F> {
    /// One caller has it for itself.
    Alone(Block<F>),
    Shared(Arc<Mutex<Block<F>>>),
}

pub(crate) struct Block<F> {
    file: File,
    bytes: Vec<u8>,
    stamp: TimeOfDay,
    /// The first error met, told at the end.
    error: Option<io::Error>,
    format: PhantomData<F>,
}

/// A way to write a line behind its stamp.
pub(crate) trait Format: Send + 'static {
    fn write(order: &Order<'_>, stamp: &str, out: &mut Vec<u8>);
}

/// As std formats.
pub(crate) struct ByStd;

impl Format for ByStd {
    #[inline]
    fn write(order: &Order<'_>, stamp: &str, out: &mut Vec<u8>) {
        let Order {
            number,
            price,
            name,
        } = order;
        // A vector takes everything.
        let _ = writeln!(out, "[{stamp}] order {number} filled at {price} for {name}");
    }
}

/// Piece by piece, numbers by itoa and zmij.
pub(crate) struct ByHand;

impl Format for ByHand {
    #[inline]
    fn write(order: &Order<'_>, stamp: &str, out: &mut Vec<u8>) {
        let (mut number, mut price) = (itoa::Buffer::new(), zmij::Buffer::new());
        let price = price.format(order.price);
        for part in [
            "[",
            stamp,
            "] order ",
            number.format(order.number),
            " filled at ",
            // Prices are of a size that std writes without an exponent too, but whole ones without
            // a fraction.
            price.strip_suffix(".0").unwrap_or(price),
            " for ",
            order.name,
            "\n",
        ] {
            out.extend_from_slice(part.as_bytes());
        }
    }
}

impl<F: Format> Block<F> {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self::new(
            File::options().append(true).create(true).open(path)?,
        ))
    }

    fn new(file: File) -> Self {
        Self {
            file,
            bytes: Vec::with_capacity(2 * BLOCK),
            stamp: TimeOfDay::default(),
            error: None,
            format: PhantomData,
        }
    }

    /// Another one in front of the same file.
    pub(super) fn twin(&self) -> io::Result<Self> {
        Ok(Self::new(self.file.try_clone()?))
    }

    #[inline]
    pub(super) fn log(&mut self, order: &Order<'_>) {
        F::write(order, self.stamp.now(), &mut self.bytes);
        self.write_if_full();
    }

    /// Copies a line that is written already.
    #[inline]
    pub(super) fn copy(&mut self, line: &[u8]) {
        self.bytes.extend_from_slice(line);
        self.write_if_full();
    }

    #[inline]
    fn write_if_full(&mut self) {
        if self.bytes.len() >= BLOCK {
            self.write();
        }
    }

    fn write(&mut self) {
        if let Err(error) = self.file.write_all(&self.bytes) {
            self.error.get_or_insert(error);
        }
        self.bytes.clear();
    }

    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        self.write();
        self.error.take().map_or(Ok(()), |error| Err(error.into()))
    }
}

impl<F: Format> Peer for Reference<F> {
    type Caller = Lines<F>;

    fn start(dir: &Path, callers: usize) -> Result<Self, Failure> {
        Ok(Self {
            block: Arc::new(Mutex::new(Block::open(&dir.join("app.log"))?)),
            alone: callers == 1,
        })
    }

    fn caller(&self) -> Result<Lines<F>, Failure> {
        if self.alone {
            let block = self.block.lock().unwrap_or_else(PoisonError::into_inner);
            return Ok(Lines::Alone(block.twin()?));
        }
        Ok(Lines::Shared(Arc::clone(&self.block)))
    }

    fn drain(&self) -> Result<Drained, Failure> {
        self.block
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .finish()?;
        Ok(Drained::InFile)
    }

    fn stop(self) -> Result<(), Failure> {
        Ok(())
    }
}

impl<F: Format> Caller for Lines<F> {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        match self {
            Self::Alone(block) => block.log(order),
            Self::Shared(block) => block
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .log(order),
        }
    }

    fn end(self) -> Result<(), Failure> {
        match self {
            Self::Alone(mut block) => block.finish(),
            Self::Shared(_) => Ok(()),
        }
    }
}

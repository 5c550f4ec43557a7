//! The reference: what one thread can do that only formats and writes.

use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Caller, Peer};
use crate::{Failure, order::Order, stamp::Stamp};

/// Bytes a write.
const BLOCK: usize = 1 << 16;

/// A vector in front of a file, alone or behind a mutex.
pub(crate) struct Reference {
    block: Arc<Mutex<Block>>,
    alone: bool,
}

pub(crate) enum Lines {
    /// One caller has it for itself.
    Alone(Block),
    Shared(Arc<Mutex<Block>>),
}

pub(crate) struct Block {
    file: File,
    bytes: Vec<u8>,
    stamp: Stamp,
    /// The first error met, told at the end.
    error: Option<io::Error>,
}

impl Block {
    fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            file: File::options().append(true).create(true).open(path)?,
            bytes: Vec::with_capacity(2 * BLOCK),
            stamp: Stamp::default(),
            error: None,
        })
    }

    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        let Order {
            number,
            price,
            name,
        } = order;
        let stamp = self.stamp.now();
        // A vector takes everything.
        let _ = writeln!(
            self.bytes,
            "[{stamp}] order {number} filled at {price} for {name}"
        );
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

    fn finish(&mut self) -> Result<(), Failure> {
        self.write();
        self.error.take().map_or(Ok(()), |error| Err(error.into()))
    }
}

impl Peer for Reference {
    type Caller = Lines;

    fn start(dir: &Path, callers: usize) -> Result<Self, Failure> {
        Ok(Self {
            block: Arc::new(Mutex::new(Block::open(&dir.join("app.log"))?)),
            alone: callers == 1,
        })
    }

    fn caller(&self) -> Result<Lines, Failure> {
        if self.alone {
            let block = self.block.lock().unwrap_or_else(PoisonError::into_inner);
            return Ok(Lines::Alone(Block {
                file: block.file.try_clone()?,
                bytes: Vec::with_capacity(2 * BLOCK),
                stamp: Stamp::default(),
                error: None,
            }));
        }
        Ok(Lines::Shared(Arc::clone(&self.block)))
    }

    fn drain(&self) -> Result<(), Failure> {
        self.block
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .finish()
    }

    fn stop(self) -> Result<(), Failure> {
        Ok(())
    }
}

impl Caller for Lines {
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

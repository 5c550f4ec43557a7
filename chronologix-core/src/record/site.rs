//! What is known of a record before its arguments are: the place in the source, and the header it travels with.

use std::fmt;

use super::{
    rendering::{Rendering, Template},
    wire::{Decoder, Wire},
};
use crate::Level;

/// The place of one `log!` in the source. Made by the macro, once, as a static.
#[derive(Debug)]
pub struct Site {
    pub(crate) level: Option<Level>,
    file: &'static str,
    line: u32,
}

impl Site {
    /// Called by generated code.
    #[must_use]
    pub const fn new(level: Option<Level>, file: &'static str, line: u32) -> Self {
        Self { level, file, line }
    }

    /// The source file, as the compiler names it, and the line, from 1.
    #[must_use]
    pub const fn source(&self) -> (&'static str, u32) {
        (self.file, self.line)
    }
}

/// Turns the bytes of a record into its message and fields.
pub(crate) type Render = for<'w> fn(&mut Decoder<'w>, &mut Rendering<'_>);

/// The [`Render`] of the records that `W` carries and `T` describes.
pub(crate) fn render<W, T>(from: &mut Decoder<'_>, out: &mut Rendering<'_>)
where
    W: Wire,
    T: for<'w> Template<W::Value<'w>>,
{
    let values = W::take(from);
    T::render(values, out);
}

/// A record in a lane, less the bytes of its arguments.
#[derive(Clone, Copy)]
pub(crate) struct Header {
    /// When the record was made. Set while its lane is locked.
    pub(crate) ticks: u64,
    pub(crate) site: &'static Site,
    pub(crate) render: Render,
    /// Bytes of arguments that belong to it.
    pub(crate) len: u32,
    /// Index of its stream.
    pub(crate) stream: u16,
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header")
            .field("ticks", &self.ticks)
            .field("site", &self.site)
            .field("stream", &self.stream)
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

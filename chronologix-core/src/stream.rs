//! Streams as a program names them: declared by the macro, or asked for by name.

use crate::Level;

mod declaration;
mod levels;

pub use self::declaration::Declaration;
#[cfg(unix)]
pub(crate) use self::declaration::{DeclarationsGuard, lock_declarations};
pub(crate) use self::levels::Levels;
pub use crate::logger::handle::StreamHandle;

/// A declared stream: what the constants are that `#[chronologix::streams(...)]` generates.
///
/// `log!(audit, …)` names it by its identifier, `log!(other_crate::streams::audit, …)` by its path.
#[derive(Clone, Copy)]
pub struct Stream {
    declaration: fn() -> &'static Declaration,
    /// The index, and above it as a number the level below which nothing is compiled. In one, for two values travel to a function in registers,
    /// and three do not.
    place: u32,
}

impl Stream {
    /// Called by generated code.
    #[must_use]
    pub const fn declared(declaration: fn() -> &'static Declaration, index: u16) -> Self {
        Self {
            declaration,
            place: index as u32,
        }
    }

    /// Called by generated code, for the option `compile_min_level`.
    #[must_use]
    pub const fn compile_min_level(mut self, level: Level) -> Self {
        self.place = self.index() as u32 | (level as u32) << u16::BITS;
        self
    }

    /// Whether records of this level are part of the program.
    pub(crate) const fn compiles(self, level: Option<Level>) -> bool {
        level.is_none() || Level::number(level) as u32 >= self.place >> u16::BITS
    }

    /// The name it was declared with.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.declaration().name(self.index())
    }

    #[inline]
    pub(crate) fn declaration(self) -> &'static Declaration {
        (self.declaration)()
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
    pub(crate) const fn index(self) -> u16 {
        self.place as u16
    }
}

/// Its name.
impl AsRef<str> for Stream {
    fn as_ref(&self) -> &str {
        self.name()
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Stream").field(&self.name()).finish()
    }
}

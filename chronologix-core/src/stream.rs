//! Streams as the macro declares them, and the levels that they take.

use crate::Level;

mod declaration;
mod levels;
mod threshold;

#[cfg(test)]
pub(crate) mod tests;

pub use self::declaration::Declaration;
pub(crate) use self::declaration::DeclaredStreams;
#[cfg(any(unix, test, feature = "testing"))]
pub(crate) use self::declaration::{DeclarationsGuard, lock_declarations};
pub(crate) use self::{
    levels::Levels,
    threshold::{ModuleLevel, Threshold, Verdict},
};

/// A declared stream. The constants that `#[chronologix::streams(...)]` generates are of this type.
///
/// `log!(audit, …)` names it by its identifier, `log!(other_crate::streams::audit, …)` by its path.
#[derive(Clone, Copy)]
pub struct Stream {
    declaration: fn() -> &'static Declaration,
    /// The index, and above it the number of the level below which nothing is compiled. They share
    /// a word because two values are passed to a function in registers, and three are not.
    index_and_level: u32,
}

impl Stream {
    /// Creates the constant of a stream.
    #[doc(hidden)]
    #[must_use]
    pub const fn declared(declaration: fn() -> &'static Declaration, index: u16) -> Self {
        Self {
            declaration,
            index_and_level: index as u32,
        }
    }

    /// Sets the option `compile_min_level`.
    #[doc(hidden)]
    #[must_use]
    pub const fn compile_min_level(mut self, level: Level) -> Self {
        self.index_and_level = self.index() as u32 | (level as u32) << u16::BITS;
        self
    }

    /// Returns whether records of this level are compiled.
    pub(crate) const fn compiles(self, level: Option<Level>) -> bool {
        level.is_none() || Level::number(level) as u32 >= self.index_and_level >> u16::BITS
    }

    /// Returns the name with which it was declared.
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
        self.index_and_level as u16
    }
}

/// Returns its name.
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

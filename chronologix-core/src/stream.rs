//! Streams as a program names them: declared by the macro, or asked for by name.

mod declaration;
mod handle;

pub(crate) use self::declaration::{Stillness, hold_still};
pub use self::{
    declaration::{Declaration, StreamSpec},
    handle::StreamHandle,
};

/// A declared stream: what the constants are that `#[chronologix::streams(...)]` generates.
///
/// `log!(audit, …)` names it by its identifier, `log!(other_crate::streams::audit, …)` by its path.
#[derive(Clone, Copy)]
pub struct Stream {
    declaration: fn() -> &'static Declaration,
    index: u16,
}

impl Stream {
    /// Called by generated code.
    #[must_use]
    pub const fn declared(declaration: fn() -> &'static Declaration, index: u16) -> Self {
        Self { declaration, index }
    }

    /// The name it was declared with.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.declaration().name(self.index)
    }

    #[inline]
    pub(crate) fn declaration(self) -> &'static Declaration {
        (self.declaration)()
    }

    #[inline]
    pub(crate) const fn index(self) -> u16 {
        self.index
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Stream").field(&self.name()).finish()
    }
}

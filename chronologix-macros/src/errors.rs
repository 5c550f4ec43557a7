//! All mistakes of one macro call, so that the user sees them at once and each on its token.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// Collects mistakes. Has to be finished: a mistake that is found and then forgotten would compile.
#[derive(Debug)]
pub(crate) struct Errors {
    found: Vec<syn::Error>,
    is_finished: bool,
}

impl Errors {
    pub(crate) const fn new() -> Self {
        Self {
            found: Vec::new(),
            is_finished: false,
        }
    }

    /// Notes a mistake that lies in `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.add(syn::Error::new_spanned(tokens, message));
    }

    /// Notes a mistake that lies at `span`.
    pub(crate) fn at_span(&mut self, span: Span, message: impl Display) {
        self.add(syn::Error::new(span, message));
    }

    /// Notes what the parser found.
    pub(crate) fn add(&mut self, error: syn::Error) {
        self.found.push(error);
    }

    /// One `compile_error!` for each mistake; nothing if there was none.
    ///
    /// What the mistakes leave intact is emitted beside them by the caller: one typo must give one message, not one more
    /// for each use of what it stands in.
    pub(crate) fn finish(mut self) -> TokenStream {
        self.is_finished = true;
        self.found
            .iter()
            .map(syn::Error::to_compile_error)
            .collect()
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        debug_assert!(
            self.is_finished || std::thread::panicking(),
            "mistakes were collected and never reported"
        );
    }
}

#[cfg(test)]
pub(crate) mod tests;

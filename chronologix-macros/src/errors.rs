//! All errors of one macro call, so that the user sees them at once and each at its token.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// Collects errors. It must be finished: an error that is found and then lost would compile.
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

    /// Adds an error at `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.add(syn::Error::new_spanned(tokens, message));
    }

    /// Adds an error at `span`.
    pub(crate) fn at_span(&mut self, span: Span, message: impl Display) {
        self.add(syn::Error::new(span, message));
    }

    /// Adds an error of the parser.
    pub(crate) fn add(&mut self, error: syn::Error) {
        self.found.push(error);
    }

    /// Returns one `compile_error!` for each error.
    ///
    /// The caller emits what is right beside them: one typo must give one message, not one more for
    /// each use of the item it stands in.
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
            "errors were collected and never reported"
        );
    }
}

#[cfg(test)]
pub(crate) mod tests;

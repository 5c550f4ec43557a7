//! All errors of one macro call, so that the user sees them at once and each at its token.

use std::{fmt::Display, mem};

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Collects errors. It must be finished: an error that is found and then lost would compile.
#[derive(Debug, Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    /// Adds an error at `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.add(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn add(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    /// Returns one `compile_error!` for each error.
    ///
    /// The caller emits what is right beside them: one typo must give one message, not one more for
    /// each use of the item it stands in.
    pub(crate) fn finish(mut self) -> TokenStream {
        let errors = mem::take(&mut self.0);
        errors.iter().map(syn::Error::to_compile_error).collect()
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        debug_assert!(
            self.0.is_empty() || std::thread::panicking(),
            "errors were collected and never reported"
        );
    }
}

#[cfg(test)]
pub(crate) mod tests;

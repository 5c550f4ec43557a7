//! `#[streams(…)]`: parse, check, expand.

use proc_macro2::TokenStream;
use quote::quote;

use crate::errors::Errors;

mod check;
mod expand;
mod host;
mod input;
mod options;

/// The item as it is, and beside it the module of its streams.
///
/// Both come out whatever is wrong: a mistake in one stream must not make a mistake of every `log!`.
pub(crate) fn expand(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let host = host::Host::of(item);
    let entries = input::parse(attribute, &mut errors);
    let streams = check::check(&entries, &mut errors);
    let module = expand::expand(&streams, &host);
    let messages = errors.finish();
    quote!(#messages #item #module)
}

#[cfg(test)]
mod tests;

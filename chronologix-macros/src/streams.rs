//! `#[streams(…)]`: parse, check, expand.

use proc_macro2::TokenStream;
use quote::quote;

use self::check::Declared;
use crate::errors::Errors;

mod check;
mod config;
mod expand;
#[cfg(feature = "toml")]
mod file;
mod host;
mod input;

/// Returns the item as it is, and beside it the module of its streams.
///
/// Both are emitted whatever is wrong: an error in one stream must not make an error of each
/// `log!`.
pub(crate) fn expand(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let host = host::Host::of(item);
    let declared = declared(attribute, &mut errors);
    let module = expand::expand(&declared, &host);
    let messages = errors.finish();
    quote!(#messages #item #module)
}

fn declared(attribute: TokenStream, errors: &mut Errors) -> Declared {
    match config::named(&attribute) {
        Some(Ok(path)) => config::read(&path, errors),
        Some(Err(error)) => {
            errors.add(error);
            Declared::default()
        }
        None => check::check(&input::parse(attribute, errors), errors),
    }
}

#[cfg(test)]
mod tests;

//! The entry points: `#[streams]`, `log!` and the level macros. Each room parses, checks, expands.
#![expect(
    missing_docs,
    reason = "the macros are documented where `chronologix` re-exports them, so that the examples compile"
)]

use proc_macro::TokenStream;
use proc_macro2::{Ident, Span};
use quote::ToTokens;

/// Quotes generated code. Its local names are hidden from the user's, and the other way round.
macro_rules! code {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}

#[cfg(feature = "catalogue")]
mod catalogue;
mod errors;
mod log;
mod streams;
mod syntax;
mod template;

/// `::chronologix::__private`, where everything is that generated code names beside `::core`.
///
/// The path is absolute, so that no name of the user hides it.
struct Private;

impl ToTokens for Private {
    fn to_tokens(&self, tokens: &mut proc_macro2::TokenStream) {
        tokens.extend(code!(::chronologix::__private));
    }
}

/// Returns the module that `#[streams]` puts at the root of the user's crate. Users may name it.
fn streams_module(span: Span) -> Ident {
    Ident::new("chronologix_streams", span)
}

#[proc_macro_attribute]
pub fn streams(attribute: TokenStream, item: TokenStream) -> TokenStream {
    streams::expand(attribute.into(), &item.into()).into()
}

#[cfg(feature = "catalogue")]
#[proc_macro]
pub fn assert_catalogue(input: TokenStream) -> TokenStream {
    catalogue::expand(input.into()).into()
}

#[proc_macro]
pub fn fields(input: TokenStream) -> TokenStream {
    log::expand_fields(input.into()).into()
}

#[proc_macro]
pub fn log_enabled(input: TokenStream) -> TokenStream {
    log::expand_enabled(input.into()).into()
}

macro_rules! log_macros {
    ($($name:ident $(= $level:literal)?,)*) => {$(
        #[proc_macro]
        pub fn $name(input: TokenStream) -> TokenStream {
            log::expand(input.into(), None$(.or(Some($level)))?).into()
        }
    )*};
}

log_macros! {
    log,
    trace = "Trace",
    debug = "Debug",
    info = "Info",
    warn = "Warn",
    error = "Error",
    critical = "Critical",
}

//! The entry points: `#[streams]`, `log!` and the level macros. Each room parses, checks, expands.
#![expect(
    missing_docs,
    reason = "the macros are documented where `chronologix` re-exports them, so that the examples compile"
)]

use proc_macro::TokenStream;

mod errors;
mod log;
mod paths;
mod streams;
mod template;

#[proc_macro_attribute]
pub fn streams(attribute: TokenStream, item: TokenStream) -> TokenStream {
    streams::expand(attribute.into(), &item.into()).into()
}

#[proc_macro]
pub fn fields(input: TokenStream) -> TokenStream {
    log::expand_fields(input.into()).into()
}

#[proc_macro]
pub fn log(input: TokenStream) -> TokenStream {
    log::expand(input.into(), None).into()
}

#[proc_macro]
pub fn trace(input: TokenStream) -> TokenStream {
    log::expand(input.into(), Some("Trace")).into()
}

#[proc_macro]
pub fn debug(input: TokenStream) -> TokenStream {
    log::expand(input.into(), Some("Debug")).into()
}

#[proc_macro]
pub fn info(input: TokenStream) -> TokenStream {
    log::expand(input.into(), Some("Info")).into()
}

#[proc_macro]
pub fn warn(input: TokenStream) -> TokenStream {
    log::expand(input.into(), Some("Warn")).into()
}

#[proc_macro]
pub fn error(input: TokenStream) -> TokenStream {
    log::expand(input.into(), Some("Error")).into()
}

#[proc_macro]
pub fn critical(input: TokenStream) -> TokenStream {
    log::expand(input.into(), Some("Critical")).into()
}

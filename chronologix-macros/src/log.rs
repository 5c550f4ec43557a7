//! `log!` and the macros with a level: parse, check, expand.

use proc_macro2::TokenStream;
use syn::parse::Parser;

use crate::errors::Errors;

mod check;
mod expand;
mod input;
mod options;
#[cfg(feature = "catalogue")]
mod summary;

#[cfg(feature = "catalogue")]
pub(crate) use self::summary::{CallSummary, FieldSummary, summary};

/// Expands a call of `log!` or of a level macro.
///
/// An error is emitted beside a value of the usual type, so that an `.await` after the call gives
/// no second error.
pub(crate) fn expand(input: TokenStream, level: Option<&'static str>) -> TokenStream {
    let mut errors = Errors::default();
    let record = match syn::parse2::<input::LogCall>(input) {
        Ok(call) => expand::record(&check::check(&call, level, &mut errors)),
        Err(error) => {
            errors.add(error);
            expand::no_record()
        }
    };
    let messages = errors.finish();
    code!({ #messages #record })
}

/// Expands a call of `log_enabled!`.
pub(crate) fn expand_enabled(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let enabled = match syn::parse2::<input::Question>(input) {
        Ok(question) => expand::enabled(&question),
        Err(error) => {
            errors.add(error);
            code!(false)
        }
    };
    let messages = errors.finish();
    code!({ #messages #enabled })
}

/// Expands a call of `fields!`.
pub(crate) fn expand_fields(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let fields = input::all_fields.parse2(input).unwrap_or_else(|error| {
        errors.add(error);
        Vec::new()
    });
    check::check_keys(&fields, &mut errors);
    let messages = errors.finish();
    let fields = expand::fields(&fields);
    code!({ #messages #fields })
}

#[cfg(test)]
mod tests;

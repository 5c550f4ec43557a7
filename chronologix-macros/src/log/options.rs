//! The options in parentheses after the stream: `log!(app(every = "5s"), …)`.
//!
//! After the comma a field may have any name, so an option cannot stand there. `#[streams]` has the
//! options of a stream in the same place.

use std::time::Duration;

use chronologix_schema::settings::{quantity::parse_duration, suggest::nearest};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{
    Ident, LitStr, Token,
    ext::IdentExt,
    parenthesized,
    parse::{ParseStream, Parser},
    token::Paren,
};

use crate::{errors::Errors, syntax::Setting};

pub(super) const EVERY: &str = "every";

/// The field that says how many records of the call were left out before this one.
pub(super) const LEFT_OUT: &str = "left_out";

/// Reads the options, if there are any.
pub(super) fn parse(input: ParseStream<'_>) -> syn::Result<Vec<Setting>> {
    let mut options = Vec::new();
    if input.peek(Paren) {
        let content;
        parenthesized!(content in input);
        while options.is_empty() || !content.is_empty() {
            let example = "expected an option, as in `log!(app(every = \"5s\"), \"…\")`";
            options.push(Setting::parse(&content, example, "\"5s\"")?);
            content.parse::<Option<Token![,]>>()?;
        }
    }
    Ok(options)
}

/// Whether a token at the end of an expression is a list of options, and not the arguments of a
/// call: these do not begin with `name =`.
pub(super) fn are_options(last: &TokenTree) -> bool {
    let TokenTree::Group(group) = last else {
        return false;
    };
    let begins_with_option = |input: ParseStream<'_>| {
        let is_option =
            input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]);
        input.parse::<TokenStream>()?;
        Ok(is_option)
    };
    group.delimiter() == Delimiter::Parenthesis
        && begins_with_option.parse2(group.stream()).unwrap_or(false)
}

/// Checks the options. Returns the pause of `every`, in nanoseconds.
pub(super) fn check(options: &[Setting], errors: &mut Errors) -> Option<u64> {
    let mut every = None;
    let mut is_given = false;
    for Setting { option, value } in options {
        let name = option.unraw().to_string();
        if name != EVERY {
            let hint = match nearest(&name, [EVERY]) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("allowed: `{EVERY}`"),
            };
            errors.at(option, format!("unknown option `{name}`; {hint}"));
        } else if std::mem::replace(&mut is_given, true) {
            errors.at(option, "the option `every` is given twice");
        } else if let Ok(text) = syn::parse2::<LitStr>(value.clone()) {
            match parse_duration(&text.value()) {
                Ok(Duration::ZERO) => {
                    errors.at(value, "`every` takes a duration above 0, such as \"5s\"");
                }
                Ok(pause) => every = Some(u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX)),
                Err(error) => errors.at(value, error),
            }
        } else {
            errors.at(value, "`every` takes a string, as in `every = \"5s\"`");
        }
    }
    every
}

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
    parse::{Parse, ParseStream, Parser},
    token::Paren,
};

use crate::errors::Errors;

pub(super) const EVERY: &str = "every";

/// The field that says how many records of the call were left out before this one.
pub(super) const LEFT_OUT: &str = "left_out";

/// `every = "5s"`
pub(crate) struct CallOption {
    name: Ident,
    value: TokenStream,
}

/// Reads the options, if there are any.
pub(super) fn parse(input: ParseStream<'_>) -> syn::Result<Vec<CallOption>> {
    let mut options = Vec::new();
    if !input.peek(Paren) {
        return Ok(options);
    }
    let content;
    parenthesized!(content in input);
    loop {
        options.push(content.parse()?);
        if content.is_empty() {
            return Ok(options);
        }
        content.parse::<Token![,]>()?;
        if content.is_empty() {
            return Ok(options);
        }
    }
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

impl Parse for CallOption {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let example = "expected an option, as in `log!(app(every = \"5s\"), \"…\")`";
        let name = input
            .call(Ident::parse_any)
            .map_err(|error| syn::Error::new(error.span(), example))?;
        if !input.peek(Token![=]) {
            let message = format!("expected a value, as in `{name} = \"5s\"`");
            return Err(syn::Error::new(name.span(), message));
        }
        input.parse::<Token![=]>()?;
        let mut value = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            value.extend([input.parse::<TokenTree>()?]);
        }
        if value.is_empty() {
            let message = format!("expected a value after `{name} =`");
            return Err(syn::Error::new(name.span(), message));
        }
        Ok(Self { name, value })
    }
}

/// Checks the options. Returns the pause of `every`, in nanoseconds.
pub(super) fn check(options: &[CallOption], errors: &mut Errors) -> Option<u64> {
    let mut every = None;
    let mut is_given = false;
    for CallOption { name, value } in options {
        let known = name.unraw();
        if known != EVERY {
            errors.at(name, unknown(&known.to_string()));
        } else if std::mem::replace(&mut is_given, true) {
            errors.at(name, "the option `every` is given twice");
        } else {
            match syn::parse2::<LitStr>(value.clone()) {
                Ok(text) => match parse_duration(&text.value()) {
                    Ok(Duration::ZERO) => {
                        errors.at(value, "`every` takes a duration above 0, such as \"5s\"");
                    }
                    Ok(pause) => every = Some(u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX)),
                    Err(error) => errors.at(value, error),
                },
                Err(_) => errors.at(value, "`every` takes a string, as in `every = \"5s\"`"),
            }
        }
    }
    every
}

fn unknown(name: &str) -> String {
    match nearest(name, [EVERY]) {
        Some(meant) => format!("unknown option `{name}`; did you mean `{meant}`?"),
        None => format!("unknown option `{name}`; allowed: `{EVERY}`"),
    }
}

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

const ID: &str = "id";

const ALL: [&str; 2] = [EVERY, ID];

/// The most letters of an id.
const MAX_ID: usize = 64;

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

/// The options of a call that were checked.
#[derive(Default)]
pub(crate) struct CallOptions {
    /// The nanoseconds in which at most one record is logged.
    pub(crate) every: Option<u64>,
    /// The id that the source gives the statement.
    pub(crate) id: Option<LitStr>,
}

/// Checks the options.
pub(super) fn check(options: &[Setting], errors: &mut Errors) -> CallOptions {
    let mut checked = CallOptions::default();
    let mut given = Vec::new();
    for Setting { option, value } in options {
        let name = option.unraw().to_string();
        if !ALL.contains(&name.as_str()) {
            let hint = match nearest(&name, ALL) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("allowed: `{EVERY}`, `{ID}`"),
            };
            errors.at(option, format!("unknown option `{name}`; {hint}"));
            continue;
        }
        if given.contains(&name) {
            errors.at(option, format!("the option `{name}` is given twice"));
            continue;
        }
        let text = syn::parse2::<LitStr>(value.clone());
        match (name.as_str(), text) {
            (EVERY, Ok(text)) => checked.every = pause(&text, errors),
            (EVERY, Err(_)) => errors.at(value, "`every` takes a string, as in `every = \"5s\"`"),
            (_, Ok(text)) => checked.id = id(text, errors),
            (_, Err(_)) => {
                errors.at(value, "`id` takes a string, as in `id = \"order.filled\"`");
            }
        }
        given.push(name);
    }
    checked
}

/// Checks the pause of `every`. Returns it in nanoseconds.
fn pause(text: &LitStr, errors: &mut Errors) -> Option<u64> {
    match parse_duration(&text.value()) {
        Ok(Duration::ZERO) => {
            errors.at(text, "`every` takes a duration above 0, such as \"5s\"");
            None
        }
        Ok(pause) => Some(u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX)),
        Err(error) => {
            errors.at(text, error);
            None
        }
    }
}

/// Checks the id of a statement.
fn id(text: LitStr, errors: &mut Errors) -> Option<LitStr> {
    let id = text.value();
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    if !(1..=MAX_ID).contains(&id.len()) || !id.chars().all(is_allowed) {
        let message = format!(
            "`id` takes 1 to {MAX_ID} of `A-Z a-z 0-9 . _ -`, as in `id = \"order.filled\"`"
        );
        errors.at(&text, message);
        return None;
    }
    Some(text)
}

//! The syntax between the parentheses of `#[streams(…)]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{
    LitStr, Token, parenthesized,
    parse::{ParseStream, Parser},
    token::Paren,
};

use super::config::{ALONE, CONFIG};
use crate::{
    errors::Errors,
    syntax::{Setting, until_comma, word},
};

/// `name(option = "value") -> (target, target)`
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: Ident,
    pub(crate) options: Vec<Setting>,
    pub(crate) targets: Vec<Ident>,
}

/// Reads all entries that can be read. After an error it continues behind the next comma.
pub(crate) fn parse(attribute: TokenStream, errors: &mut Errors) -> Vec<Entry> {
    let mut entries = Vec::new();
    if attribute.is_empty() {
        let message = "no stream is named; write `#[chronologix::streams(app, errors -> app)]`";
        errors.add(syn::Error::new(Span::call_site(), message));
    }
    let all = |input: ParseStream<'_>| {
        list(input, errors, |input, errors| {
            entry(input, &mut entries, errors)
        });
        Ok(())
    };
    if let Err(error) = all.parse2(attribute) {
        errors.add(error);
    }
    entries
}

/// Reads items with commas between them, even if one of them is wrong.
fn list(
    input: ParseStream<'_>,
    errors: &mut Errors,
    mut item: impl FnMut(ParseStream<'_>, &mut Errors) -> syn::Result<()>,
) {
    while !input.is_empty() {
        if let Err(error) = item(input, errors) {
            errors.add(error);
            until_comma(input);
        }
        let _comma = input.parse::<Option<Token![,]>>();
    }
}

/// Reads one entry. Its name is kept even if the rest of it is wrong.
fn entry(input: ParseStream<'_>, entries: &mut Vec<Entry>, errors: &mut Errors) -> syn::Result<()> {
    let name = name(input)?;
    if input.peek(Token![=]) && !input.peek(Token![=>]) {
        if name == CONFIG {
            return Err(syn::Error::new(name.span(), ALONE));
        }
        let message = format!(
            "unknown setting `{name}`; only streams stand here, as in `streams(app, errors -> app)`"
        );
        return Err(syn::Error::new(name.span(), message));
    }
    entries.push(Entry {
        name,
        options: Vec::new(),
        targets: Vec::new(),
    });
    let Some(entry) = entries.last_mut() else {
        return Ok(());
    };
    if input.peek(Paren) {
        let content;
        parenthesized!(content in input);
        list(&content, errors, |input, _| {
            let expected = "expected an option, as in `durability = \"synced\"`";
            entry
                .options
                .push(Setting::parse(input, expected, "\"…\"")?);
            end(input, "expected `,` after an option")
        });
    }
    if let Some(arrow) = input.parse::<Option<Token![->]>>()? {
        if input.is_empty() {
            return Err(syn::Error::new_spanned(arrow, NO_TARGET));
        }
        targets(input, &mut entry.targets, errors)?;
        if input.peek(Paren) {
            let name = &entry.name;
            let message = format!("options stand before `->`, as in `{name}(…) -> …`");
            return Err(input.error(message));
        }
        if input.peek(Token![->]) {
            return Err(input.error("several targets stand in parentheses, as in `a -> (b, c)`"));
        }
        return end(input, "expected `,` after the target");
    }
    if input.peek(Token![=>]) {
        return Err(input.error("a mirror is written with `->`"));
    }
    if input.peek(Token![-]) {
        let message = "a constant has no `-` in its name; use `_`, or `Config::stream`";
        return Err(input.error(message));
    }
    let expected = "expected `,`, `->` or `(` after the name of a stream";
    end(input, expected)
}

/// Checks that an item ends here.
fn end(input: ParseStream<'_>, message: &str) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        Ok(())
    } else {
        Err(input.error(message))
    }
}

const NO_TARGET: &str = "expected the name of a stream to mirror into";

/// Reads one target, or several in parentheses.
fn targets(
    input: ParseStream<'_>,
    targets: &mut Vec<Ident>,
    errors: &mut Errors,
) -> syn::Result<()> {
    if !input.peek(Paren) {
        targets.push(name(input)?);
        return Ok(());
    }
    let content;
    let parentheses = parenthesized!(content in input);
    if content.is_empty() {
        errors.add(syn::Error::new(parentheses.span.join(), NO_TARGET));
    }
    list(&content, errors, |input, _| {
        targets.push(name(input)?);
        end(input, "expected `,` after a target")
    });
    Ok(())
}

/// Reads the name of a stream.
fn name(input: ParseStream<'_>) -> syn::Result<Ident> {
    if input.peek(LitStr) {
        return Err(input.error("the name of a stream is an identifier here; remove the quotes"));
    }
    let name = word(input, "expected the name of a stream")?;
    if syn::parse2::<Ident>(quote!(#name)).is_ok() {
        return Ok(name);
    }
    let text = name.to_string();
    let message = if matches!(text.as_str(), "_" | "self" | "Self" | "super" | "crate") {
        format!("`{text}` cannot be the name of a stream")
    } else {
        format!("`{text}` is a keyword; write `r#{text}`")
    };
    Err(syn::Error::new(name.span(), message))
}

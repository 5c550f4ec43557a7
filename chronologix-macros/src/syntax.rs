//! Pieces of syntax that `log!` and `#[streams]` share.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Ident, Token, ext::IdentExt, parse::ParseStream};

/// `durability = "synced"`
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) option: Ident,
    pub(crate) value: TokenStream,
}

impl Setting {
    /// Reads one option. Errors say what is `expected` here, and have an `example` of a value.
    pub(crate) fn parse(
        input: ParseStream<'_>,
        expected: &str,
        example: &str,
    ) -> syn::Result<Self> {
        let option = word(input, expected)?;
        let error = |message: String| Err(syn::Error::new(option.span(), message));
        if input.peek(Token![-]) {
            let mut name = option.to_string();
            while input.parse::<Option<Token![-]>>()?.is_some() {
                name = format!("{name}_{}", word(input, expected)?);
            }
            return error(format!("write `{name}`, with `_`"));
        }
        if input.parse::<Option<Token![=]>>()?.is_none() {
            return error(format!("expected a value, as in `{option} = {example}`"));
        }
        let value = until_comma(input);
        if value.is_empty() {
            return error(format!("expected a value after `{option} =`"));
        }
        Ok(Self { option, value })
    }
}

/// Reads an identifier or a keyword.
pub(crate) fn word(input: ParseStream<'_>, expected: &str) -> syn::Result<Ident> {
    let word = input.call(Ident::parse_any);
    word.map_err(|error| syn::Error::new(error.span(), expected))
}

/// Returns all tokens up to the next comma.
pub(crate) fn until_comma(input: ParseStream<'_>) -> TokenStream {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.extend(input.parse::<TokenTree>());
    }
    tokens
}

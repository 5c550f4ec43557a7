//! `#[streams(…)]`: parse, check, expand.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{
    Attribute, Token, Visibility,
    parse::{ParseStream, Parser},
};

use self::check::Declared;
use crate::errors::Errors;

mod check;
mod config;
mod expand;
#[cfg(feature = "toml")]
mod file;
mod input;

/// Returns the item as it is, and beside it the module of its streams.
///
/// Both are emitted whatever is wrong: an error in one stream must not make an error of each
/// `log!`.
pub(crate) fn expand(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let host = Host::of(item);
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

/// What the item decides about the code beside it.
struct Host {
    /// The visibility of the module: `pub` beside a `pub struct`, else `pub(crate)`.
    visibility: TokenStream,
    /// The unit struct that gets the streams as associated constants: `pub struct Logs;`.
    handle: Option<(Ident, Visibility)>,
}

impl Host {
    /// Looks at the beginning of an item. What is not a struct is treated as a `fn`.
    fn of(item: &TokenStream) -> Self {
        let head = struct_head.parse2(item.clone()).ok();
        Self {
            visibility: if let Some((_, Visibility::Public(_), _)) = head {
                quote!(pub)
            } else {
                quote!(pub(crate))
            },
            handle: head
                .and_then(|(name, visibility, is_unit)| is_unit.then_some((name, visibility))),
        }
    }
}

fn struct_head(input: ParseStream<'_>) -> syn::Result<(Ident, Visibility, bool)> {
    Attribute::parse_outer(input)?;
    let visibility = input.parse()?;
    input.parse::<Token![struct]>()?;
    let name = input.parse()?;
    let is_unit = input.peek(Token![;]);
    input.parse::<TokenStream>()?;
    Ok((name, visibility, is_unit))
}

#[cfg(test)]
mod tests;

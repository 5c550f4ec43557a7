//! The item that `#[streams]` stands on.

use proc_macro2::{Ident, TokenStream};
use syn::{
    Attribute, Token, Visibility,
    parse::{ParseStream, Parser},
};

/// What the item decides about the code beside it.
pub(crate) struct Host {
    /// The visibility of the module: `pub` beside a `pub struct`, else `pub(crate)`.
    pub(crate) visibility: TokenStream,
    /// The unit struct that gets the streams as associated constants.
    pub(crate) handle: Option<Handle>,
}

/// `pub struct Logs;`
pub(crate) struct Handle {
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
}

impl Host {
    /// Looks at the beginning of an item. What is not a struct is treated as a `fn`.
    pub(crate) fn of(item: &TokenStream) -> Self {
        let within_crate = quote::quote!(pub(crate));
        let Ok((visibility, name, is_unit)) = struct_head.parse2(item.clone()) else {
            return Self {
                visibility: within_crate,
                handle: None,
            };
        };
        let is_public = matches!(visibility, Visibility::Public(_));
        Self {
            visibility: if is_public {
                quote::quote!(pub)
            } else {
                within_crate
            },
            handle: is_unit.then_some(Handle { name, visibility }),
        }
    }
}

fn struct_head(input: ParseStream<'_>) -> syn::Result<(Visibility, Ident, bool)> {
    Attribute::parse_outer(input)?;
    let visibility = input.parse()?;
    input.parse::<Token![struct]>()?;
    let name = input.parse()?;
    let is_unit = input.peek(Token![;]);
    input.parse::<TokenStream>()?;
    Ok((visibility, name, is_unit))
}

//! Reading expansions back: what they say is wrong, and how they look.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use super::Errors;

/// The messages of all `compile_error!`s, in order.
pub(crate) fn messages(tokens: TokenStream) -> Vec<String> {
    let mut messages = Vec::new();
    let mut is_error = false;
    for token in tokens {
        match token {
            TokenTree::Ident(name) => is_error = name == "compile_error",
            TokenTree::Punct(_) => {}
            TokenTree::Literal(_) => is_error = false,
            TokenTree::Group(group) if is_error => {
                let message: syn::LitStr = syn::parse2(group.stream()).unwrap();
                messages.push(message.value());
                is_error = false;
            }
            TokenTree::Group(group) => messages.extend(self::messages(group.stream())),
        }
    }
    messages
}

/// An expansion as a user would have written it.
pub(crate) fn pretty(items: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(items).unwrap())
}

#[test]
fn are_told_in_the_order_they_were_found() {
    let mut errors = Errors::default();
    errors.at(quote!(a), "first");
    errors.at(quote!(b), "second");
    assert_eq!(messages(errors.finish()), ["first", "second"]);
    assert!(Errors::default().finish().is_empty());
}

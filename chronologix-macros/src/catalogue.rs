//! `assert_catalogue!`: the statements in the sources of a crate, as a table that is compared with
//! a file.

use std::{env, path::PathBuf};

use proc_macro2::{Span, TokenStream};
use syn::{LitStr, Token, parse::Parser, punctuated::Punctuated};

use crate::{Private, errors::Errors};

mod calls;
mod kind;
mod sources;
mod table;

/// Expands a call of `assert_catalogue!`: the path of the table, then the files to begin with.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let paths = Punctuated::<LitStr, Token![,]>::parse_terminated.parse2(input);
    let paths: Vec<LitStr> = match paths {
        Ok(paths) => paths.into_iter().collect(),
        Err(error) => {
            errors.add(error);
            Vec::new()
        }
    };
    let assertion = if let Some((file, roots)) = paths.split_first() {
        assertion(file, roots, &mut errors)
    } else {
        let message = "expected a path, as in `assert_catalogue!(\"log-statements.md\")`";
        errors.add(syn::Error::new(Span::call_site(), message));
        code!(())
    };
    let messages = errors.finish();
    code!({ #messages #assertion })
}

fn assertion(file: &LitStr, roots: &[LitStr], errors: &mut Errors) -> TokenStream {
    let Some(base) = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from) else {
        errors.at(
            file,
            "paths begin at the folder of Cargo.toml, and CARGO_MANIFEST_DIR is not set",
        );
        return code!(());
    };
    let package = env::var("CARGO_PKG_NAME").unwrap_or_default();
    let roots = if roots.is_empty() {
        sources::usual_roots(&base)
    } else {
        roots.iter().map(|root| root.value().into()).collect()
    };
    let mut found = Vec::new();
    let mut read = Vec::new();
    for root in roots {
        let crate_name = sources::crate_of(&root, &package);
        match sources::read(&base, &root) {
            Ok(files) => {
                for source in files {
                    found.extend(calls::statements(&source, &crate_name));
                    read.push(base.join(&source.path).display().to_string());
                }
            }
            Err(why) => errors.at(file, why),
        }
    }
    let text = table::write(found);
    let path = base.join(file.value()).display().to_string();
    // The sources are named, so that the test is compiled again when one of them changes.
    code! {
        #(const _: &[u8] = ::core::include_bytes!(#read);)*
        #Private::assert_catalogue(#path, #text)
    }
}

#[cfg(test)]
mod tests;

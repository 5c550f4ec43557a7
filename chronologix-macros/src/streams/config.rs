//! `#[streams(config = "chronologix.toml")]`: streams and settings of a file.

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    LitStr, Token,
    parse::{ParseStream, Parser},
};

use crate::syntax::word;

/// The word in front of the path.
pub(super) const CONFIG: &str = "config";

/// What is wrong with streams beside a file.
pub(crate) const ALONE: &str = "`config` stands alone: the file names the streams";

/// Returns the path, if the attribute names a file instead of streams.
pub(crate) fn named(attribute: &TokenStream) -> Option<syn::Result<LitStr>> {
    let mut tokens = attribute.clone().into_iter();
    let is_word = |token: TokenTree| matches!(token, TokenTree::Ident(word) if word == CONFIG);
    let is_equals =
        |token: TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == '=');
    if !is_word(tokens.next()?) || !is_equals(tokens.next()?) {
        return None;
    }
    let path = |input: ParseStream<'_>| {
        word(input, CONFIG)?;
        input.parse::<Token![=]>()?;
        let expected = "expected the path of a file, as in `config = \"chronologix.toml\"`";
        let path: syn::Result<LitStr> = input.parse();
        let path = path.map_err(|error| syn::Error::new(error.span(), expected))?;
        input.parse::<Option<Token![,]>>()?;
        if input.is_empty() {
            Ok(path)
        } else {
            Err(input.error(ALONE))
        }
    };
    Some(path.parse2(attribute.clone()))
}

/// Reports that settings files are a feature of the crate.
#[cfg(not(feature = "toml"))]
pub(crate) fn read(path: &LitStr, errors: &mut crate::errors::Errors) -> super::check::Declared {
    let message = concat!(
        "`config = …` needs the feature `toml`: `chronologix = { version = \"",
        env!("CARGO_PKG_VERSION"),
        "\", features = [\"toml\"] }`"
    );
    errors.at(path, message);
    super::check::Declared::default()
}

#[cfg(feature = "toml")]
pub(crate) use super::file::read;

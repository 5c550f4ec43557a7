//! Every path that generated code may name. Beside these it names only `::core`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

/// A name in `::chronologix::__private`, the one module for generated code.
///
/// The path is absolute, so that no name of the user hides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Private(&'static str);

// What `#[streams]` makes.
pub(crate) const CONFIG: Private = Private("Config");
pub(crate) const DECLARATION: Private = Private("Declaration");
pub(crate) const STREAM: Private = Private("Stream");
pub(crate) const STREAM_CONFIG: Private = Private("StreamConfig");
pub(crate) const LEVEL: Private = Private("Level");

// What `log!` makes.
pub(crate) const COMPILES: Private = Private("compiles");
pub(crate) const ENABLED: Private = Private("enabled");
pub(crate) const FIELDS: Private = Private("Fields");
pub(crate) const FIELD_VALUE: Private = Private("FieldValue");
pub(crate) const FORMATTED: Private = Private("Formatted");
pub(crate) const ARG: Private = Private("Arg");
pub(crate) const FORMATTED_ARG: Private = Private("FormattedArg");
pub(crate) const RAW_ARG: Private = Private("RawArg");
pub(crate) const FORMATTED_FIELD: Private = Private("FormattedField");
pub(crate) const RAW_FIELD: Private = Private("RawField");
pub(crate) const PASSES: Private = Private("passes");
pub(crate) const PLAIN: Private = Private("Plain");
pub(crate) const LOG_FUTURE: Private = Private("LogFuture");
pub(crate) const MESSAGE_WRITER: Private = Private("MessageWriter");
pub(crate) const CALLSITE: Private = Private("Callsite");
pub(crate) const STREAM_HANDLE: Private = Private("StreamHandle");
pub(crate) const SUBMIT: Private = Private("submit");
pub(crate) const SUBMIT_AFTER: Private = Private("submit_after");
pub(crate) const TEMPLATE: Private = Private("Template");
pub(crate) const THROTTLE: Private = Private("Throttle");
pub(crate) const VALUE: Private = Private("Value");

impl ToTokens for Private {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let span = Span::mixed_site();
        let name = Ident::new(self.0, span);
        tokens.extend(quote_spanned!(span=> ::chronologix::__private::#name));
    }
}

/// Returns the module that `#[streams]` puts at the root of the user's crate. Users may name it.
pub(crate) fn streams_module(span: Span) -> Ident {
    Ident::new("chronologix_streams", span)
}

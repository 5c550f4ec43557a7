//! What a call says of its statement, for a list of all statements.

use proc_macro2::TokenStream;
use quote::ToTokens as _;

use super::{
    check, expand,
    input::{Form, LogCall, Target},
};
use crate::errors::Errors;

/// A call as a list of statements has it.
#[derive(Debug)]
pub(crate) struct CallSummary {
    /// The stream or handle, as it is written.
    pub(crate) target: String,
    /// The name of the stream, if it is known.
    pub(crate) stream: Option<String>,
    /// The id, if it is pinned.
    pub(crate) id: Option<String>,
    /// The text of the message, with `{}` for each argument.
    pub(crate) template: String,
    /// The keys of the fields, with `:%` or `:?` behind those that are formatted.
    pub(crate) fields: Vec<String>,
}

/// Reads the arguments of a macro. `None` if they are no call, or one with mistakes: perhaps the
/// macro is another crate's.
pub(crate) fn summary(input: TokenStream, level: Option<&'static str>) -> Option<CallSummary> {
    let call = syn::parse2::<LogCall>(input).ok()?;
    let mut errors = Errors::default();
    let checked = check::check(&call, level, &mut errors);
    let template = expand::template(&checked);
    let id = checked.options.id.as_ref().map(syn::LitStr::value);
    if !errors.finish().is_empty() {
        return None;
    }
    let fields = call.fields.iter().map(|field| {
        let form = match field.form {
            Form::Typed => "",
            Form::Display => ":%",
            Form::Debug => ":?",
        };
        format!("{}{form}", field.key)
    });
    let (target, stream) = match &call.target {
        Target::Stream(path) => {
            let name = path.segments.last().map(|last| last.ident.to_string());
            let name = name.map(|name| name.trim_start_matches("r#").to_owned());
            (path.to_token_stream(), name)
        }
        Target::Handle(handle) => (handle.to_token_stream(), None),
    };
    Some(CallSummary {
        target: target.to_string().replace(' ', ""),
        stream,
        id,
        template,
        fields: fields.collect(),
    })
}

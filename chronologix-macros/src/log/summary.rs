//! What a call says of its statement, for a list of all statements.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::ext::IdentExt as _;

use super::{
    check::{self, Checked, Encoding, Step},
    expand,
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
    /// The same, with the format specs.
    pub(crate) shown: String,
    /// The fields, in their order.
    pub(crate) fields: Vec<FieldSummary>,
}

/// A field of a call.
#[derive(Debug)]
pub(crate) struct FieldSummary {
    /// The key, with `:%` or `:?` behind it if the value is formatted.
    pub(crate) key: String,
    /// The value, if it is not formatted.
    pub(crate) value: Option<TokenStream>,
}

/// Reads the arguments of a macro. `None` if they are no call, or one with mistakes: perhaps the
/// macro is another crate's.
pub(crate) fn summary(input: TokenStream, level: Option<&'static str>) -> Option<CallSummary> {
    let call = syn::parse2::<LogCall>(input).ok()?;
    let mut errors = Errors::default();
    let checked = check::check(&call, level, &mut errors);
    let template = expand::template(&checked);
    let shown = shown(&checked);
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
        FieldSummary {
            key: format!("{}{form}", field.key),
            value: (field.form == Form::Typed).then(|| field.value.clone()),
        }
    });
    let (target, stream) = match &call.target {
        Target::Stream(path) => {
            let name = path.segments.last().map(|last| last.ident.unraw());
            (path.to_token_stream(), name.map(|name| name.to_string()))
        }
        Target::Handle(handle) => (handle.to_token_stream(), None),
    };
    Some(CallSummary {
        target: target.to_string().replace(' ', ""),
        stream,
        id,
        template,
        shown,
        fields: fields.collect(),
    })
}

/// Returns the text of the message with the format specs. Numbers stand for the names of arguments
/// in them.
fn shown(checked: &Checked<'_>) -> String {
    let mut encodings = checked.encodings.iter();
    let piece = |step: &Step| match step {
        Step::Text(text) => text.replace('{', "{{").replace('}', "}}"),
        Step::Field(_) => String::new(),
        Step::Plain | Step::Format(_) => match encodings.next() {
            Some(Encoding::Value(format, _) | Encoding::Formatted(format, _)) => format.clone(),
            Some(Encoding::Message { .. }) | None => "{}".to_owned(),
        },
    };
    checked.steps.iter().map(piece).collect()
}

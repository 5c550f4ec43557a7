//! The meaning of a call of `log!`: which arguments are evaluated, how they are encoded, and what
//! the writer makes of them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::LitStr;

use super::{
    input::{CallArgument, Field, Form, LogCall, Target},
    options::{self, CallOptions, LEFT_OUT},
};
use crate::{
    errors::Errors,
    template::{self, Argument, Piece, Placeholder, TemplateError},
};

/// The keys of a JSON line that are not fields.
const RESERVED_KEYS: [&str; 4] = ["timestamp", "level", "stream", "message"];

/// A call that was checked.
pub(crate) struct Checked<'c> {
    pub(crate) target: &'c Target,
    /// The variant of `Level`.
    pub(crate) level: Option<&'static str>,
    pub(crate) options: CallOptions,
    /// The expressions that are evaluated, each once, in the order written.
    pub(crate) values: Vec<TokenStream>,
    /// What is encoded for the writer: first what the message needs, then the fields.
    pub(crate) encodings: Vec<Encoding>,
    /// The steps in which the writer makes the message and the fields.
    pub(crate) steps: Vec<Step>,
    /// The place of the template.
    pub(crate) span: Span,
}

/// A value that is encoded.
#[derive(Debug)]
pub(crate) enum Encoding {
    /// A value as it is, if its type can be encoded, else formatted by the caller.
    Value(String, usize),
    /// Values that the caller formats.
    Formatted(String, Vec<usize>),
    /// A whole message, which the caller formats.
    Message {
        format: TokenStream,
        arguments: TokenStream,
    },
}

/// A step of the writer.
#[derive(Debug)]
pub(crate) enum Step {
    Text(String),
    /// Writes the next encoded value, as `{}` does.
    Plain,
    /// Formats the next encoded value.
    Format(String),
    /// Writes the next encoded value as a field.
    Field(String),
}

/// Checks a call. All errors in it are added to `errors`.
pub(crate) fn check<'c>(
    call: &'c LogCall,
    level: Option<&'static str>,
    errors: &mut Errors,
) -> Checked<'c> {
    check_keys(&call.fields, errors);
    let options = options::check(&call.options, errors);
    if options.every.is_some() {
        let is_left_out = |field: &&Field| field.key == LEFT_OUT;
        for field in call.fields.iter().filter(is_left_out) {
            let message =
                "with `every`, `left_out` says how many records were left out; choose another key";
            errors.add(syn::Error::new(field.key_span, message));
        }
    }
    let values = call.fields.iter().map(|field| field.value.clone());
    let mut checked = Checked {
        target: &call.target,
        level,
        options,
        values: values.collect(),
        encodings: Vec::new(),
        steps: Vec::new(),
        span: call.template.span(),
    };
    message(call, &mut checked, errors);
    for (value, field) in call.fields.iter().enumerate() {
        checked.steps.push(Step::Field(field.key.clone()));
        let format = field.form.format().to_owned();
        checked.encodings.push(match field.form {
            Form::Typed => Encoding::Value(format, value),
            Form::Display | Form::Debug => Encoding::Formatted(format, vec![value]),
        });
    }
    checked
}

/// Checks the keys of fields.
pub(super) fn check_keys(fields: &[Field], errors: &mut Errors) {
    for (index, field) in fields.iter().enumerate() {
        let key = &field.key;
        let message = if RESERVED_KEYS.contains(&key.as_str()) {
            format!("`{key}` is a key of every record; choose another key")
        } else if key.is_empty() {
            "the key is empty; name the field".to_owned()
        } else if fields[..index].iter().any(|earlier| earlier.key == *key) {
            format!("the field `{key}` is given twice")
        } else {
            continue;
        };
        errors.add(syn::Error::new(field.key_span, message));
    }
}

/// Adds what the message needs.
fn message(call: &LogCall, checked: &mut Checked<'_>, errors: &mut Errors) {
    let text = call.template.value();
    let format = match template::parse(&text) {
        Ok(pieces) => {
            if let Some(name) = unused_name(call, &pieces) {
                let message = format!(
                    "`{name}` is not in the template; a field stands before it, as in `{name} = …; \"…\"`"
                );
                return errors.add(syn::Error::new(name.span(), message));
            }
            if placeholders(&pieces, call, checked).is_some() {
                return;
            }
            // Counts or names do not fit.
            checked.values.truncate(call.fields.len());
            checked.encodings.clear();
            checked.steps.clear();
            template::as_format(&pieces)
        }
        Err(error) if template::has_angles(&text) => {
            let span = within(&call.template, &text, &error);
            return errors.add(syn::Error::new(span, error.message));
        }
        Err(_) => text.clone(),
    };
    // `format_args!` has better messages, at the user's tokens. If it finds no error, the message
    // is right.
    checked.encodings.push(whole_message(call, &text, &format));
    checked.steps.push(Step::Plain);
}

/// Returns the first named argument that no placeholder names.
fn unused_name<'c>(call: &'c LogCall, pieces: &[Piece<'_>]) -> Option<&'c Ident> {
    let is_named = |name: &Ident| {
        pieces.iter().any(|piece| {
            let Piece::Placeholder(Placeholder { argument, spec, .. }) = piece else {
                return false;
            };
            let mut arguments = std::iter::once(*argument).chain(spec.arguments());
            arguments.any(|argument| matches!(argument, Argument::Name(known) if name == known))
        })
    };
    let mut names = call.arguments.iter().filter_map(|it| it.name.as_ref());
    names.find(|name| !is_named(name))
}

/// Returns where the error is, as far as the compiler tells.
fn within(template: &LitStr, text: &str, error: &TemplateError) -> Span {
    let token = template.token();
    let is_verbatim = token.to_string() == format!("\"{text}\"");
    let range = error.range.start + 1..error.range.end + 1;
    let part = is_verbatim.then(|| token.subspan(range)).flatten();
    part.unwrap_or_else(|| template.span())
}

fn whole_message(call: &LogCall, text: &str, format: &str) -> Encoding {
    let format = if format == text {
        call.template.to_token_stream()
    } else {
        LitStr::new(format, call.template.span()).into_token_stream()
    };
    let arguments = call.arguments.iter().map(|CallArgument { name, value }| {
        let name = name.as_ref().map(|name| quote!(#name =));
        quote!(, #name #value)
    });
    Encoding::Message {
        format,
        arguments: arguments.collect(),
    }
}

/// Adds what the placeholders need. Returns none if placeholders and arguments do not fit.
fn placeholders(pieces: &[Piece<'_>], call: &LogCall, checked: &mut Checked<'_>) -> Option<()> {
    let mut arguments = Arguments::bind(call, &mut checked.values)?;
    let mut text = String::new();
    for piece in pieces {
        let Placeholder { argument, spec, .. } = match piece {
            Piece::Text(more) => {
                text.push_str(more);
                continue;
            }
            Piece::Placeholder(placeholder) => placeholder,
        };
        if !text.is_empty() {
            checked.steps.push(Step::Text(std::mem::take(&mut text)));
        }
        let value = arguments.find(*argument)?;
        let mut values = vec![value];
        for argument in spec.arguments() {
            values.push(arguments.find(argument)?);
        }
        let mut places = 1..;
        let format = match spec.to_format(|_| places.next().unwrap_or_default()) {
            spec if spec.is_empty() => "{}".to_owned(),
            spec => format!("{{:{spec}}}"),
        };
        let (step, encoding) = if values.len() > 1 || spec.kind == "p" {
            (Step::Plain, Encoding::Formatted(format, values))
        } else if spec.is_empty() {
            (Step::Plain, Encoding::Value(format, value))
        } else {
            (Step::Format(format.clone()), Encoding::Value(format, value))
        };
        checked.steps.push(step);
        checked.encodings.push(encoding);
    }
    if !text.is_empty() {
        checked.steps.push(Step::Text(text));
    }
    arguments
        .is_used
        .iter()
        .all(|&is_used| is_used)
        .then_some(())
}

/// The arguments of the template, by number and by name.
struct Arguments<'c> {
    /// All values of the call, to which the arguments are added.
    values: &'c mut Vec<TokenStream>,
    /// The index of the first argument among them.
    first: usize,
    positional: usize,
    /// The names of arguments and captured variables, with the indexes of their values.
    named: Vec<(String, usize)>,
    is_used: Vec<bool>,
    /// The hygiene of captured variables.
    span: Span,
}

impl<'c> Arguments<'c> {
    /// Adds the arguments to the values. Returns none if `format!` would refuse them.
    fn bind(call: &LogCall, values: &'c mut Vec<TokenStream>) -> Option<Self> {
        let mut arguments = Self {
            first: values.len(),
            values,
            positional: 0,
            named: Vec::new(),
            is_used: vec![false; call.arguments.len()],
            span: call.template.span(),
        };
        for CallArgument { name, value } in &call.arguments {
            match name.as_ref().map(Ident::to_string) {
                Some(name) if arguments.named(&name).is_some() => return None,
                Some(name) => arguments.named.push((name, arguments.values.len())),
                None if arguments.named.is_empty() => arguments.positional += 1,
                None => return None,
            }
            arguments.values.push(value.clone());
        }
        Some(arguments)
    }

    fn named(&self, name: &str) -> Option<usize> {
        let named = self.named.iter().find(|(known, _)| known == name);
        named.map(|(_, place)| *place)
    }

    /// Returns the index of an argument among the values. A variable is captured if no argument has
    /// its name.
    fn find(&mut self, argument: Argument<'_>) -> Option<usize> {
        let place = match argument {
            Argument::Index(index) => (index < self.positional).then_some(self.first + index)?,
            Argument::Name(name) => self.named(name).or_else(|| self.capture(name))?,
        };
        if let Some(is_used) = self.is_used.get_mut(place - self.first) {
            *is_used = true;
        }
        Some(place)
    }

    fn capture(&mut self, name: &str) -> Option<usize> {
        if name != "self" && syn::parse_str::<Ident>(name).is_err() {
            return None;
        }
        let place = self.values.len();
        self.values
            .push(Ident::new(name, self.span).into_token_stream());
        self.named.push((name.to_owned(), place));
        Some(place)
    }
}

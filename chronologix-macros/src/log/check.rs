//! The meaning of a call of `log!`: which arguments are evaluated, how they are encoded, and what
//! the writer makes of them.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::LitStr;

use super::{
    input::{CallArgument, Field, Form, LogCall, Target},
    options::{self, LEFT_OUT},
};
use crate::{
    errors::Errors,
    template::{self, Piece, TemplateError},
};

/// The keys of a JSON line that are not fields.
const RESERVED_KEYS: [&str; 4] = ["timestamp", "level", "stream", "message"];

/// A call that was checked.
pub(crate) struct Checked<'c> {
    pub(crate) target: &'c Target,
    /// The variant of `Level`.
    pub(crate) level: Option<&'static str>,
    /// The nanoseconds in which at most one record is logged.
    pub(crate) every: Option<u64>,
    /// The expressions that are evaluated, each once, in the order written.
    pub(crate) values: Vec<TokenStream>,
    /// What is encoded for the writer: first what the message needs, then the fields.
    pub(crate) wires: Vec<Encoding>,
    /// The steps in which the writer makes the message and the fields.
    pub(crate) steps: Vec<Step>,
    /// The place of the template.
    pub(crate) span: Span,
}

/// A value that is encoded.
#[derive(Debug)]
pub(crate) enum Encoding {
    /// A value as it is, if its type can be encoded, else formatted by the caller.
    Value { format: String, value: usize },
    /// Values that the caller formats.
    Formatted { format: String, values: Vec<usize> },
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
    /// Writes an encoded value, as `{}` does.
    Plain(usize),
    /// Formats an encoded value.
    Format(String, usize),
    Field(String, usize),
}

/// Checks a call. All errors in it are added to `errors`.
pub(crate) fn check<'c>(
    call: &'c LogCall,
    level: Option<&'static str>,
    errors: &mut Errors,
) -> Checked<'c> {
    check_keys(&call.fields, errors);
    let every = options::check(&call.options, errors);
    if every.is_some() {
        check_left_out(&call.fields, errors);
    }
    let span = call.template.span();
    let values = call
        .fields
        .iter()
        .map(|field| field.value.clone())
        .collect();
    let mut checked = Checked {
        target: &call.target,
        level,
        every,
        values,
        wires: Vec::new(),
        steps: Vec::new(),
        span,
    };
    message(call, &mut checked, errors);
    for (value, field) in call.fields.iter().enumerate() {
        let values = vec![value];
        let wire = match field.form {
            Form::Typed => Encoding::Value {
                format: String::from("{}"),
                value,
            },
            Form::Display => Encoding::Formatted {
                format: String::from("{}"),
                values,
            },
            Form::Debug => Encoding::Formatted {
                format: String::from("{:?}"),
                values,
            },
        };
        checked
            .steps
            .push(Step::Field(field.key.clone(), checked.wires.len()));
        checked.wires.push(wire);
    }
    checked
}

/// Checks the keys of fields.
pub(super) fn check_keys(fields: &[Field], errors: &mut Errors) {
    for (index, field) in fields.iter().enumerate() {
        let key = &field.key;
        if RESERVED_KEYS.contains(&key.as_str()) {
            let message = format!("`{key}` is a key of every record; choose another key");
            errors.at_span(field.key_span, message);
        } else if key.is_empty() {
            errors.at_span(field.key_span, "the key is empty; name the field");
        } else if fields[..index].iter().any(|earlier| earlier.key == *key) {
            errors.at_span(field.key_span, format!("the field `{key}` is given twice"));
        }
    }
}

/// Checks that no field has the key that says how many records were left out.
fn check_left_out(fields: &[Field], errors: &mut Errors) {
    for field in fields.iter().filter(|field| field.key == LEFT_OUT) {
        let message =
            "with `every`, `left_out` says how many records were left out; choose another key";
        errors.at_span(field.key_span, message);
    }
}

/// Adds what the message needs.
fn message(call: &LogCall, checked: &mut Checked<'_>, errors: &mut Errors) {
    let text = call.template.value();
    let format = match template::parse(&text) {
        Ok(pieces) => {
            let known = (
                checked.values.len(),
                checked.wires.len(),
                checked.steps.len(),
            );
            if holes(&pieces, call, checked).is_some() {
                return;
            }
            // Counts or names do not fit.
            checked.values.truncate(known.0);
            checked.wires.truncate(known.1);
            checked.steps.truncate(known.2);
            template::as_format(&pieces)
        }
        Err(error) if template::has_angles(&text) => {
            errors.at_span(within(&call.template, &text, &error), error.message);
            return;
        }
        Err(_) => text.clone(),
    };
    // `format_args!` has better messages, at the user's tokens. If it finds no error, the message
    // is right.
    checked.wires.push(whole_message(call, &text, &format));
    checked.steps.push(Step::Plain(checked.wires.len() - 1));
}

/// Returns where the error is, as far as the compiler tells.
fn within(template: &LitStr, text: &str, error: &TemplateError) -> Span {
    let token = template.token();
    let is_verbatim = token.to_string() == format!("\"{text}\"");
    let range = error.range.start + 1..error.range.end + 1;
    is_verbatim
        .then(|| token.subspan(range))
        .flatten()
        .unwrap_or_else(|| template.span())
}

fn whole_message(call: &LogCall, text: &str, format: &str) -> Encoding {
    let format = if format == text {
        call.template.to_token_stream()
    } else {
        let mut literal = Literal::string(format);
        literal.set_span(call.template.span());
        literal.into_token_stream()
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

/// Adds what the holes need. Returns none if holes and arguments do not fit.
fn holes(pieces: &[Piece<'_>], call: &LogCall, checked: &mut Checked<'_>) -> Option<()> {
    let mut arguments = Arguments::bind(call, &mut checked.values)?;
    let mut text = String::new();
    for piece in pieces {
        let hole = match piece {
            Piece::Text(more) => {
                text.push_str(more);
                continue;
            }
            Piece::Placeholder(hole) => hole,
        };
        if !text.is_empty() {
            checked.steps.push(Step::Text(std::mem::take(&mut text)));
        }
        let value = arguments.find(hole.argument, &mut checked.values)?;
        let mut values = vec![value];
        for argument in hole.spec.arguments() {
            values.push(arguments.find(argument, &mut checked.values)?);
        }
        let wire = checked.wires.len();
        if values.len() > 1 || hole.spec.is_pointer() {
            let mut places = 1..;
            let spec = hole.spec.to_format(|_| places.next().unwrap_or_default());
            checked.wires.push(Encoding::Formatted {
                format: format!("{{:{spec}}}"),
                values,
            });
            checked.steps.push(Step::Plain(wire));
        } else if hole.spec.is_empty() {
            checked.wires.push(Encoding::Value {
                format: String::from("{}"),
                value,
            });
            checked.steps.push(Step::Plain(wire));
        } else {
            let format = format!("{{:{}}}", hole.spec.to_format(|_| 0));
            checked.wires.push(Encoding::Value {
                format: format.clone(),
                value,
            });
            checked.steps.push(Step::Format(format, wire));
        }
    }
    if !text.is_empty() {
        checked.steps.push(Step::Text(text));
    }
    arguments.are_all_used().then_some(())
}

/// The arguments of the template, by number and by name.
struct Arguments {
    /// The index of the first of them among all values.
    first: usize,
    positional: usize,
    /// The names of arguments and captured variables, with the indexes of their values.
    named: Vec<(String, usize)>,
    is_used: Vec<bool>,
    /// The hygiene of captured variables.
    span: Span,
}

impl Arguments {
    /// Adds the arguments to the values. Returns none if `format!` would refuse them.
    fn bind(call: &LogCall, values: &mut Vec<TokenStream>) -> Option<Self> {
        let first = values.len();
        let mut arguments = Self {
            first,
            positional: 0,
            named: Vec::new(),
            is_used: vec![false; call.arguments.len()],
            span: call.template.span(),
        };
        for CallArgument { name, value } in &call.arguments {
            match name {
                Some(name) => {
                    let name = name.to_string();
                    if arguments.named.iter().any(|(earlier, _)| *earlier == name) {
                        return None;
                    }
                    arguments.named.push((name, values.len()));
                }
                None if arguments.named.is_empty() => arguments.positional += 1,
                None => return None,
            }
            values.push(value.clone());
        }
        Some(arguments)
    }

    /// Returns the index of an argument among the values. A variable is captured if no argument has
    /// its name.
    fn find(
        &mut self,
        argument: template::Argument<'_>,
        values: &mut Vec<TokenStream>,
    ) -> Option<usize> {
        let place = match argument {
            template::Argument::Index(index) => {
                (index < self.positional).then_some(self.first + index)?
            }
            template::Argument::Name(name) => {
                match self.named.iter().find(|(known, _)| known == name) {
                    Some((_, place)) => *place,
                    None => self.capture(name, values)?,
                }
            }
        };
        if let Some(is_used) = self.is_used.get_mut(place - self.first) {
            *is_used = true;
        }
        Some(place)
    }

    fn capture(&mut self, name: &str, values: &mut Vec<TokenStream>) -> Option<usize> {
        if name != "self" && syn::parse_str::<Ident>(name).is_err() {
            return None;
        }
        values.push(Ident::new(name, self.span).into_token_stream());
        self.named.push((String::from(name), values.len() - 1));
        Some(values.len() - 1)
    }

    fn are_all_used(&self) -> bool {
        self.is_used.iter().all(|&is_used| is_used)
    }
}

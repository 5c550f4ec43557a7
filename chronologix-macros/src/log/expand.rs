//! The code that a call of `log!` becomes. It decides nothing.

use proc_macro2::{Ident, Literal, Punct, Spacing, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{Expr, spanned::Spanned as _};

use super::{
    check::{Checked, Encoding, Step},
    input::{Field, Form, Target},
};
use crate::paths::{
    ARG, CALLSITE, COMPILES, ENABLED, FIELD_VALUE, FIELDS, FORMATTED, FORMATTED_ARG,
    FORMATTED_FIELD, LEVEL, LOG_FUTURE, MESSAGE_WRITER, PASSES, PLAIN, RAW_ARG, RAW_FIELD,
    STREAM_HANDLE, SUBMIT, SUBMIT_AFTER, TEMPLATE, THROTTLE, VALUE, streams_module,
};

/// Returns a value of the usual type, for a call that has errors.
pub(crate) fn no_record() -> TokenStream {
    quote_spanned!(Span::mixed_site()=> #LOG_FUTURE::filtered())
}

/// Returns the errors of a call, if any, and its value.
pub(crate) fn beside(messages: &TokenStream, record: &TokenStream) -> TokenStream {
    quote_spanned!(Span::mixed_site()=> { #messages #record })
}

/// Returns the code that logs the record.
pub(crate) fn record(checked: &Checked<'_>) -> TokenStream {
    let target = target(checked);
    let level = checked.level.map_or_else(
        || quote_spanned!(Span::mixed_site()=> ::core::option::Option::None),
        |level| {
            let level = Ident::new(level, Span::mixed_site());
            quote_spanned!(Span::mixed_site()=> ::core::option::Option::Some(#LEVEL::#level))
        },
    );
    let template = template(checked);
    // A record below `compile_min_level` is left out without the optimizer: the compiler drops code
    // behind a constant condition.
    let compiles = match checked.target {
        Target::Stream(_) => checked
            .level
            .map(|_| quote_spanned!(Span::mixed_site()=> const { #COMPILES(#target, #level) } &&)),
        Target::Handle(_) => None,
    };
    let keys = checked.steps.iter().filter_map(|step| match step {
        Step::Field(key, _) => Some(key),
        _ => None,
    });
    let keys: Vec<_> = keys.collect();
    let keys =
        (!keys.is_empty()).then(|| quote_spanned!(Span::mixed_site()=> .keys(&[#(#keys),*])));
    let values = &checked.values;
    let names: Vec<_> = (0..values.len()).map(|value| local("__a", value)).collect();
    let wires = nested(checked.wires.iter().map(|wire| wire_tokens(wire, checked)));
    let arguments = |submit: TokenStream| {
        quote_spanned! {Span::mixed_site()=>
            match (#(&(#values),)*) {
                (#(#names,)*) => #submit,
            }
        }
    };
    let (throttle, submit) = match checked.every {
        None => (
            None,
            arguments(quote_spanned!(Span::mixed_site()=>
                #SUBMIT(#target, &__CALLSITE, #wires, __Template)
            )),
        ),
        Some(nanos) => {
            let submit = arguments(quote_spanned!(Span::mixed_site()=>
                #SUBMIT_AFTER(#target, &__CALLSITE, __left_out, #wires, __Template)
            ));
            let throttle = quote_spanned!(Span::mixed_site()=>
                static __THROTTLE: #THROTTLE = #THROTTLE::new(#nanos);
            );
            let submit = quote_spanned! {Span::mixed_site()=>
                match #PASSES(#target, &__THROTTLE) {
                    ::core::option::Option::Some(__left_out) => #submit,
                    ::core::option::Option::None => #LOG_FUTURE::filtered(),
                }
            };
            (Some(throttle), submit)
        }
    };
    let record = quote_spanned! {Span::mixed_site()=>
        if #compiles #ENABLED(#target, #level) {
            #submit
        } else {
            #LOG_FUTURE::filtered()
        }
    };
    let record = match checked.target {
        Target::Stream(_) => record,
        Target::Handle(handle) => with_handle(handle, &record),
    };
    // Bound to a name before it is the value of the block: borrows of the arguments end before an
    // `.await` that follows, in edition 2021 too.
    quote_spanned! {Span::mixed_site()=>
        use #FORMATTED_ARG as _;
        use #RAW_ARG as _;
        #template
        static __CALLSITE: #CALLSITE = #CALLSITE::new(#level, ::core::file!(), ::core::line!()) #keys;
        #throttle
        let __record = #record;
        __record
    }
}

/// Returns the code that makes the fields. All values are evaluated before any is formatted, as for
/// a record.
pub(crate) fn fields(fields: &[Field]) -> TokenStream {
    let values: Vec<_> = fields.iter().map(|field| field.value.clone()).collect();
    let names = (0..fields.len()).map(|value| local("__a", value));
    let with = fields.iter().enumerate().map(|(at, field)| {
        let key = &field.key;
        let format = match field.form {
            Form::Typed | Form::Display => "{}",
            Form::Debug => "{:?}",
        };
        let formatted = format_args(format, &[at], &values, field.key_span);
        let value = if field.form == Form::Typed {
            let name = local("__a", at);
            quote_spanned!(Span::mixed_site()=> (&#ARG(#name)).__value(#formatted))
        } else {
            quote_spanned!(Span::mixed_site()=> <#FIELD_VALUE as ::core::convert::From<_>>::from(#formatted))
        };
        quote_spanned!(Span::mixed_site()=> .with(#key, #value))
    });
    quote_spanned! {Span::mixed_site()=>
        use #FORMATTED_FIELD as _;
        use #RAW_FIELD as _;
        match (#(&(#values),)*) {
            (#(#names,)*) => #FIELDS::new() #(#with)*,
        }
    }
}

/// Returns what the record goes to, as generated code names it.
fn target(checked: &Checked<'_>) -> TokenStream {
    let path = match checked.target {
        Target::Stream(path) => path,
        Target::Handle(_) => return quote_spanned!(Span::mixed_site()=> __handle),
    };
    // The user's own token is the last of the path, so that the compiler points there.
    match path.get_ident() {
        Some(name) => {
            let span = Span::mixed_site().located_at(name.span());
            let module = streams_module(span);
            quote_spanned!(span=> crate::#module::#name)
        }
        None => path.to_token_stream(),
    }
}

/// Evaluates the expression of a handle once, by reference, in front of what uses it.
fn with_handle(handle: &Expr, record: &TokenStream) -> TokenStream {
    // Where the types do not match, the compiler points at the user's expression.
    let here = Span::mixed_site().located_at(handle.span());
    let bound = quote_spanned!(here=> __handle);
    quote_spanned! {Span::mixed_site()=>
        match &(#handle) {
            __handle => {
                let __handle: &#STREAM_HANDLE = #bound;
                #record
            }
        }
    }
}

/// Returns the type that knows the text of the message and the keys of the fields.
fn template(checked: &Checked<'_>) -> TokenStream {
    let indices = 0..checked.wires.len();
    let types: Vec<_> = indices.clone().map(|wire| local("__V", wire)).collect();
    let type_list = nested(types.iter().map(ToTokens::to_token_stream));
    let pattern = nested(indices.map(|wire| local("__v", wire).into_token_stream()));
    let bounds = types
        .iter()
        .map(|name| quote_spanned!(Span::mixed_site()=> #name: #VALUE));
    let steps = checked.steps.iter().map(step);
    quote_spanned! {Span::mixed_site()=>
        struct __Template;
        impl<#(#bounds),*> #TEMPLATE<#type_list> for __Template {
            fn render(#pattern: #type_list, __out: &mut #MESSAGE_WRITER<'_>) {
                #(#steps)*
            }
        }
    }
}

fn step(step: &Step) -> TokenStream {
    let value = |wire: &usize| local("__v", *wire);
    match step {
        Step::Text(text) => quote_spanned!(Span::mixed_site()=> __out.literal(#text);),
        Step::Plain(wire) => {
            let value = value(wire);
            quote_spanned!(Span::mixed_site()=> #PLAIN::plain(&#value, __out);)
        }
        Step::Format(format, wire) => {
            let value = value(wire);
            quote_spanned!(Span::mixed_site()=>
                __out.formatted(::core::format_args!(#format, #value));
            )
        }
        Step::Field(key, wire) => {
            let value = value(wire);
            quote_spanned!(Span::mixed_site()=> __out.field(#key, &#value);)
        }
    }
}

fn wire_tokens(wire: &Encoding, checked: &Checked<'_>) -> TokenStream {
    match wire {
        Encoding::Value { format, value } => {
            let arguments = format_args(format, &[*value], &checked.values, checked.span);
            let name = local("__a", *value);
            quote_spanned!(Span::mixed_site()=> (&#ARG(#name)).__encode(#arguments))
        }
        Encoding::Formatted { format, values } => {
            let arguments = format_args(format, values, &checked.values, checked.span);
            quote_spanned!(Span::mixed_site()=> #FORMATTED(#arguments))
        }
        Encoding::Message { format, arguments } => {
            quote_spanned!(Span::mixed_site()=>
                #FORMATTED(::core::format_args!(#format #arguments))
            )
        }
    }
}

/// Returns a `format_args!` whose errors lie in the user's code: at the template and the arguments.
fn format_args(format: &str, values: &[usize], written: &[TokenStream], span: Span) -> TokenStream {
    let mut literal = Literal::string(format);
    literal.set_span(Span::mixed_site().located_at(span));
    let values = values
        .iter()
        .map(|&value| dereferenced(value, &written[value]));
    quote_spanned!(Span::mixed_site()=> ::core::format_args!(#literal #(, #values)*))
}

/// Returns the value behind a bound reference, as an expression that seems to stand where the user
/// wrote it.
fn dereferenced(value: usize, written: &TokenStream) -> TokenStream {
    let here = Span::mixed_site();
    let spans = || written.clone().into_iter().map(|token| token.span());
    let mut star = Punct::new('*', Spacing::Alone);
    star.set_span(here.located_at(spans().next().unwrap_or(here)));
    let mut name = local("__a", value);
    name.set_span(here.located_at(spans().last().unwrap_or(here)));
    quote_spanned!(here=> #star #name)
}

/// `(first, (second, ()))`
fn nested(items: impl DoubleEndedIterator<Item = TokenStream>) -> TokenStream {
    let here = Span::mixed_site();
    items.rfold(
        quote_spanned!(here=> ()),
        |rest, item| quote_spanned!(here=> (#item, #rest)),
    )
}

fn local(prefix: &str, number: usize) -> Ident {
    format_ident!("{prefix}{number}", span = Span::mixed_site())
}

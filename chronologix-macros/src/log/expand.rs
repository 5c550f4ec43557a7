//! The code that a call of `log!` becomes. It decides nothing.

use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{LitStr, spanned::Spanned as _};

use super::{
    check::{Checked, Encoding, Step},
    input::{Field, Form, Question, Target},
};
use crate::{Private, streams_module};

/// Returns a value of the usual type, for a call that has errors.
pub(crate) fn no_record() -> TokenStream {
    code!(#Private::LogFuture::filtered())
}

/// Returns the code that logs the record.
pub(crate) fn record(checked: &Checked<'_>) -> TokenStream {
    let target = target(checked.target);
    let level = match checked.level {
        None => code!(::core::option::Option::None),
        Some(level) => {
            let level = Ident::new(level, Span::mixed_site());
            code!(::core::option::Option::Some(#Private::Level::#level))
        }
    };
    // A record below `compile_min_level` is left out without the optimizer: the compiler drops code
    // behind a constant condition.
    let is_constant = checked.level.is_some() && matches!(checked.target, Target::Stream(_));
    let compiles = is_constant.then(|| code!(#Private::compiles(#target, #level)));
    let values = &checked.values;
    let names = (0..values.len()).map(|value| local("__a", value));
    let encodings = nested(checked.encodings.iter().map(|it| encoded(it, checked)));
    let submit = if checked.options.every.is_none() {
        code!(#Private::submit(#target, &__CALLSITE, #encodings))
    } else {
        code!(#Private::submit_after(#target, &__CALLSITE, __left_out, #encodings))
    };
    let submit = code! {
        match (#(&(#values),)*) {
            (#(#names,)*) => #submit,
        }
    };
    let mut is_enabled = code!(#Private::enabled(#target, &__CALLSITE, #level));
    if let Some(compiles) = &compiles {
        is_enabled = code!((const { #compiles } && #is_enabled));
    }
    // A record without a level is left out only if its stream is off. `submit` asks that, so that
    // such a call is no larger.
    let mut conditions = Vec::new();
    if checked.level.is_some() {
        conditions.push((code!(true), is_enabled));
    }
    let throttle = checked.options.every.map(|nanos| {
        let passes = code!(#Private::passes(#target, &__THROTTLE));
        conditions.push((code!(::core::option::Option::Some(__left_out)), passes));
        code!(static __THROTTLE: #Private::Throttle = #Private::Throttle::new(#nanos);)
    });
    let record = bound(checked.target, guarded(&conditions, submit));
    let mut callsite = callsite(checked, &level);
    if let Some(compiles) = compiles {
        // Not every linker leaves out a static that nothing refers to, and its texts with it.
        callsite = code!(if #compiles { #callsite } else { #Private::Callsite::not_compiled() });
    }
    let unique = checked.options.id.as_ref().map(unique);
    // Bound to a name before it is the value of the block: borrows of the arguments end before an
    // `.await` that follows, in edition 2021 too.
    code! {
        use #Private::FormattedArg as _;
        use #Private::RawArg as _;
        static __CALLSITE: #Private::Callsite = #callsite;
        #throttle
        #unique
        let __record = #record;
        __record
    }
}

/// Returns the code that asks whether a target takes a level.
pub(crate) fn enabled(question: &Question) -> TokenStream {
    let Question { target: to, level } = question;
    let target = target(to);
    let mut is_enabled = code!(#Private::enabled(#target, &__CALLSITE, __level));
    if matches!(to, Target::Stream(_)) {
        is_enabled = code!(#Private::compiles(#target, __level) && #is_enabled);
    }
    let is_enabled = bound(to, is_enabled);
    let callsite = new_callsite(&code!(::core::option::Option::None), "");
    let given = quote_spanned!(Span::mixed_site().located_at(level.span())=> __level);
    code! {
        match #level {
            __level => {
                let __level: #Private::Level = #given;
                let __level = ::core::option::Option::Some(__level);
                static __CALLSITE: #Private::Callsite = #callsite;
                #is_enabled
            }
        }
    }
}

/// Binds the handle that `code` uses, if it is one: it is evaluated once, by reference, in front of
/// it. Where the types do not match, the compiler points at the user's expression.
fn bound(to: &Target, code: TokenStream) -> TokenStream {
    let Target::Handle(handle) = to else {
        return code;
    };
    let bound = quote_spanned!(Span::mixed_site().located_at(handle.span())=> __handle);
    code! {
        match &(#handle) {
            __handle => {
                let __handle: &#Private::StreamHandle = #bound;
                #code
            }
        }
    }
}

/// Returns `submit` where each condition has its pattern, and no record otherwise.
///
/// clippy counts the branches of a function (`cognitive_complexity`), and those of a `let … else`
/// not. A `break` of the user's may not cross the labeled block that it needs.
fn guarded(conditions: &[(TokenStream, TokenStream)], submit: TokenStream) -> TokenStream {
    if conditions.is_empty() {
        return submit;
    }
    let no_record = no_record();
    if jumps(&submit) {
        let guard = |inside, (pattern, condition): &(TokenStream, TokenStream)| code!(if let #pattern = #condition { #inside } else { #no_record });
        return conditions.iter().rev().fold(submit, guard);
    }
    let guards = conditions.iter().map(|(pattern, condition)| {
        code! {
            let #pattern = #condition else {
                break '__record #no_record;
            };
        }
    });
    code!('__record: { #(#guards)* #submit })
}

/// Returns whether there may be a `break` or a `continue` in code.
fn jumps(code: &TokenStream) -> bool {
    code.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => jumps(&group.stream()),
        TokenTree::Ident(word) => word == "break" || word == "continue",
        _ => false,
    })
}

/// Returns the code that makes the fields. All values are evaluated before any is formatted, as for
/// a record.
pub(crate) fn fields(fields: &[Field]) -> TokenStream {
    let values: Vec<_> = fields.iter().map(|field| field.value.clone()).collect();
    let names = (0..fields.len()).map(|value| local("__a", value));
    let with = fields.iter().enumerate().map(|(at, field)| {
        let key = &field.key;
        let formatted = format_args(field.form.format(), &[at], &values, field.key_span);
        let value = if field.form == Form::Typed {
            let name = local("__a", at);
            code!((&#Private::Arg(#name)).__value(#formatted))
        } else {
            code!(<#Private::FieldValue as ::core::convert::From<_>>::from(#formatted))
        };
        code!(.with(#key, #value))
    });
    code! {
        use #Private::FormattedField as _;
        use #Private::RawField as _;
        match (#(&(#values),)*) {
            (#(#names,)*) => #Private::Fields::new() #(#with)*,
        }
    }
}

/// Returns what the record goes to, as generated code names it.
fn target(target: &Target) -> TokenStream {
    let path = match target {
        Target::Stream(path) => path,
        Target::Handle(_) => return code!(__handle),
    };
    // The user's own token is the last of the path, so that the compiler points there.
    let Some(name) = path.get_ident() else {
        return path.to_token_stream();
    };
    let span = Span::mixed_site().located_at(name.span());
    let module = streams_module(span);
    quote_spanned!(span=> crate::#module::#name)
}

/// Returns the text of the message, with `{}` for each argument.
pub(super) fn template(checked: &Checked<'_>) -> String {
    let piece = |step: &Step| match step {
        Step::Text(text) => text.replace('{', "{{").replace('}', "}}"),
        Step::Plain | Step::Format(_) => "{}".to_owned(),
        Step::Field(_) => String::new(),
    };
    checked.steps.iter().map(piece).collect()
}

/// Returns what is known of the record before its arguments.
fn callsite(checked: &Checked<'_>, level: &TokenStream) -> TokenStream {
    let (mut formats, mut keys) = (Vec::new(), Vec::new());
    let mut arguments = 0_usize;
    for step in &checked.steps {
        match step {
            Step::Text(_) => continue,
            Step::Plain => {}
            Step::Format(format) => formats.push(code! {
                (#arguments, |__value, __out| {
                    __out.formatted(::core::format_args!(#format, __value));
                })
            }),
            Step::Field(key) => keys.push(key),
        }
        arguments += 1;
    }
    let formats = (!formats.is_empty()).then(|| code!(.formats(&[#(#formats),*])));
    let keys = (!keys.is_empty()).then(|| code!(.keys(&[#(#keys),*])));
    let id = checked.options.id.as_ref().map(|id| code!(.id(&#id)));
    let callsite = new_callsite(level, &template(checked));
    code!(#callsite #formats #keys #id)
}

/// Returns an item that the crate can have only once: of two statements with one id, the compiler
/// shows both. It is an exported macro, because such a macro is in the root of the crate wherever
/// it is defined.
fn unique(id: &LitStr) -> TokenStream {
    // Letters of names that look like those that names cannot have.
    let name = id.value().replace('.', "·").replace('-', "ー");
    let span = Span::call_site().located_at(id.span());
    let name = format_ident!("statement_id·{name}", span = span);
    quote_spanned! {span=>
        #[doc(hidden)]
        #[allow(non_local_definitions)]
        #[macro_export]
        macro_rules! #name { () => {}; }
    }
}

/// Returns the code that notes where a call stands.
fn new_callsite(level: &TokenStream, template: &str) -> TokenStream {
    code! {
        #Private::Callsite::new(#level, #template).at(
            &#Private::SourceFile { module: ::core::module_path!(), path: ::core::file!() },
            ::core::line!(),
        )
    }
}

fn encoded(encoding: &Encoding, checked: &Checked<'_>) -> TokenStream {
    match encoding {
        Encoding::Value(format, value) => {
            let arguments = format_args(format, &[*value], &checked.values, checked.span);
            let name = local("__a", *value);
            code!((&#Private::Arg(#name)).__encode(#arguments))
        }
        Encoding::Formatted(format, values) => {
            let arguments = format_args(format, values, &checked.values, checked.span);
            code!(#Private::Formatted(#arguments))
        }
        Encoding::Message { format, arguments } => {
            code!(#Private::Formatted(::core::format_args!(#format #arguments)))
        }
    }
}

/// Returns a `format_args!` whose errors lie in the user's code: at the template and the arguments.
fn format_args(format: &str, values: &[usize], written: &[TokenStream], span: Span) -> TokenStream {
    let literal = LitStr::new(format, Span::mixed_site().located_at(span));
    let values = values
        .iter()
        .map(|&value| dereferenced(value, &written[value]));
    code!(::core::format_args!(#literal #(, #values)*))
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
    items.rfold(code!(()), |rest, item| code!((#item, #rest)))
}

fn local(prefix: &str, number: usize) -> Ident {
    format_ident!("{prefix}{number}", span = Span::mixed_site())
}

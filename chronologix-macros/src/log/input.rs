//! The syntax between the parentheses of `log!`: stream, fields, template, arguments.

use chronologix_schema::Level;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Expr, Ident, LitStr, Path, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
    token::{Bracket, Paren},
};

use super::options::{self, EVERY};
use crate::syntax::{Setting, until_comma, word};

/// One call.
pub(crate) struct LogCall {
    pub(crate) target: Target,
    /// The options of this call, not of the stream.
    pub(crate) options: Vec<Setting>,
    pub(crate) fields: Vec<Field>,
    pub(crate) template: LitStr,
    pub(crate) arguments: Vec<CallArgument>,
}

/// What a call logs to.
pub(crate) enum Target {
    /// The name of a declared stream, or the path of its constant.
    Stream(Path),
    /// Any other expression: a handle, as in `log!(&handle, …)` and `log!(self.audit, …)`.
    Handle(Expr),
}

/// `order = id`, `user:% = name`, `state:?`.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) form: Form,
    pub(crate) value: TokenStream,
    /// Whether the key is the value, too.
    is_shorthand: bool,
}

/// How the value of a field is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As it is if it is a primitive or a string, else by its `Display`.
    Typed,
    /// `:%`, `:display`
    Display,
    /// `:?`, `:debug`
    Debug,
}

impl Form {
    /// Returns the template that formats a value so.
    pub(crate) const fn format(self) -> &'static str {
        match self {
            Self::Typed | Self::Display => "{}",
            Self::Debug => "{:?}",
        }
    }
}

/// What fills a placeholder.
#[derive(Debug)]
pub(crate) struct CallArgument {
    /// Of `name = value`.
    pub(crate) name: Option<Ident>,
    pub(crate) value: TokenStream,
}

/// A call of `log_enabled!`: whether a target takes a level.
pub(crate) struct Question {
    pub(crate) target: Target,
    pub(crate) level: Expr,
}

impl Parse for Question {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        const EXPECTED: &str =
            "expected a stream and a level, as in `log_enabled!(app, Level::Debug)`";
        let call = input.call(Punctuated::<Expr, Token![,]>::parse_terminated)?;
        let mut parts = call.into_iter();
        let (Some(target), Some(level), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err(syn::Error::new(Span::call_site(), EXPECTED));
        };
        let target = match target {
            Expr::Path(path) if path.qself.is_none() => Target::Stream(path.path),
            handle => Target::Handle(handle),
        };
        Ok(Self { target, level })
    }
}

impl Parse for LogCall {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (target, options) = target(input)?;
        let is_template = is_template(input);
        Ok(Self {
            target,
            options,
            fields: if is_template {
                Vec::new()
            } else {
                fields(input)?
            },
            template: template(input)?,
            arguments: arguments(input)?,
        })
    }
}

fn target(input: ParseStream<'_>) -> syn::Result<(Target, Vec<Setting>)> {
    if input.is_empty() || input.peek(LitStr) {
        return Err(input.error("expected a stream, as in `log!(app, \"…\")`"));
    }
    let (target, options) = if is_handle(input) {
        handle(input)?
    } else {
        let stream = Path::parse_mod_style(input)
            .map_err(|error| syn::Error::new(error.span(), "expected the name of a stream"))?;
        (Target::Stream(stream), options::parse(input)?)
    };
    let shown = match &target {
        Target::Stream(stream) => stream.to_token_stream(),
        Target::Handle(handle) => handle.to_token_stream(),
    };
    if input.peek(Token![:]) {
        let message = "the stream stands first, without a key, as in `log!(app, \"…\")`";
        return Err(syn::Error::new_spanned(shown, message));
    }
    let comma: Option<Token![,]> = input.parse()?;
    if input.is_empty() {
        let message = "expected a template after the stream, as in `log!(app, \"…\")`";
        return Err(syn::Error::new_spanned(quote!(#shown #comma), message));
    }
    if comma.is_none() {
        return Err(input.error("expected `,` after the stream"));
    }
    Ok((target, options))
}

/// Whether the call names an expression that is no bare path: `&x`, `*x`, `(x)`, `x.y`, `x[0]`,
/// `x().y`.
fn is_handle(input: ParseStream<'_>) -> bool {
    if input.peek(Token![&]) || input.peek(Token![*]) || input.peek(Paren) {
        return true;
    }
    let ahead = input.fork();
    if Path::parse_mod_style(&ahead).is_err() {
        return false;
    }
    // Parentheses behind a path are options of the call, if nothing but a comma follows.
    if ahead.peek(Paren) {
        let _ = ahead.parse::<TokenTree>();
    }
    ahead.peek(Token![.]) || ahead.peek(Token![?]) || ahead.peek(Bracket)
}

/// Reads the expression of a handle, and the options behind it.
fn handle(input: ParseStream<'_>) -> syn::Result<(Target, Vec<Setting>)> {
    let mut tokens: Vec<_> = until_comma(input).into_iter().collect();
    let mut options = Vec::new();
    if tokens.last().is_some_and(options::are_options) {
        let last = tokens.pop().map(TokenStream::from);
        options = options::parse.parse2(last.unwrap_or_default())?;
    }
    let handle = syn::parse2(tokens.into_iter().collect())?;
    Ok((Target::Handle(handle), options))
}

/// Returns whether the template comes next, and not a field with a quoted key.
fn is_template(input: ParseStream<'_>) -> bool {
    // `"key"; "template"` lacks a value. `"template"; key = value` has the wrong order.
    let is_key = input.peek2(Token![=])
        || input.peek2(Token![:])
        || (input.peek2(Token![;]) && input.peek3(LitStr));
    input.peek(LitStr) && !is_key
}

/// Reads the fields, and the `;` after them.
fn fields(input: ParseStream<'_>) -> syn::Result<Vec<Field>> {
    let is_semicolon = |token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';');
    if !input.cursor().token_stream().into_iter().any(is_semicolon) {
        return Err(no_semicolon(input));
    }
    let mut fields = Vec::new();
    loop {
        if input.peek(Token![;]) && fields.is_empty() {
            return Err(input.error("expected a field before `;`, as in `order = id; \"…\"`"));
        }
        fields.push(input.parse()?);
        let comma: Option<Token![,]> = input.parse()?;
        if let Some(semicolon) = input.parse::<Option<Token![;]>>()? {
            if input.is_empty() {
                let message = "expected a template after the fields, as in `order = id; \"…\"`";
                return Err(syn::Error::new_spanned(semicolon, message));
            }
            return Ok(fields);
        }
        if comma.is_none() {
            return Err(input.error("expected `,` or `;` after a field"));
        }
    }
}

/// Reads everything as fields with commas between them.
pub(crate) fn all_fields(input: ParseStream<'_>) -> syn::Result<Vec<Field>> {
    let mut fields = Vec::new();
    while !input.is_empty() {
        fields.push(input.parse()?);
        if input.parse::<Option<Token![,]>>()?.is_none() && !input.is_empty() {
            return Err(input.error("expected `,` after a field"));
        }
    }
    Ok(fields)
}

/// Returns the error where neither a template nor fields and a `;` follow the stream.
fn no_semicolon(input: ParseStream<'_>) -> syn::Error {
    if let Some(error) = sigil(input, None) {
        return error;
    }
    let fields = input.fork();
    let mut has_values = false;
    while let Ok(field) = fields.parse::<Field>() {
        if field.key == EVERY {
            let message =
                "`every` stands after the stream, as in `log!(app(every = \"5s\"), \"…\")`";
            return syn::Error::new(field.key_span, message);
        }
        has_values |= !field.is_shorthand;
        let comma = fields.parse::<Option<Token![,]>>();
        if is_template(&fields) {
            return fields.error("expected `;` between the fields and the template");
        }
        if fields.is_empty() && has_values {
            let message = "expected a template after the fields, as in `order = id; \"…\"`";
            return syn::Error::new_spanned(input.cursor().token_stream(), message);
        }
        if !matches!(comma, Ok(Some(_))) {
            break;
        }
    }
    not_a_literal(input)
}

/// Returns the error where the template is a variable, a `format!` or a `concat!`.
fn not_a_literal(input: ParseStream<'_>) -> syn::Error {
    let Ok(expression) = input.fork().parse::<Expr>() else {
        return input.error(NOT_A_LITERAL);
    };
    let message = level(&expression)
        .map(|level| format!("each level is a macro of its own, as in `{level}!(app, \"…\")`"));
    let message = message.as_deref().unwrap_or(NOT_A_LITERAL);
    syn::Error::new_spanned(expression, message)
}

/// Returns the macro of a level: of `Level::Info`, `info` and the like.
fn level(expression: &Expr) -> Option<String> {
    let Expr::Path(expression) = expression else {
        return None;
    };
    let word = expression.path.segments.last()?.ident.to_string();
    let level = word.parse::<Level>().ok()?;
    Some(level.as_str().to_ascii_lowercase())
}

pub(crate) const NOT_A_LITERAL: &str =
    "the template must be a string literal; to log a value write `\"<>\", value`";

/// Returns the error where a field is written as in `tracing`: `%user`, or `user = %user`.
fn sigil(input: ParseStream<'_>, key: Option<&Ident>) -> Option<syn::Error> {
    let ahead = input.fork();
    let form = if ahead.parse::<Option<Token![%]>>().ok()?.is_some() {
        "%"
    } else {
        ahead.parse::<Token![?]>().ok()?;
        "?"
    };
    let message = match (key, ahead.parse::<Ident>()) {
        (Some(key), _) => format!("write `{key}:{form} = …`"),
        (None, Ok(variable)) => format!("write `{variable}:{form}`"),
        (None, Err(_)) => return None,
    };
    Some(input.error(message))
}

impl Parse for Field {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if let Some(error) = sigil(input, None) {
            return Err(error);
        }
        let (key, key_span, variable) = if input.peek(LitStr) {
            let key: LitStr = input.parse()?;
            (key.value(), key.span(), None)
        } else {
            let key = word(input, "expected a field, as in `order = id`")?;
            (key.unraw().to_string(), key.span(), Some(key))
        };
        let form = form(input)?;
        let is_shorthand = !input.peek(Token![=]) || input.peek(Token![==]);
        let value = if is_shorthand {
            let variable = variable.filter(|key| syn::parse2::<Ident>(quote!(#key)).is_ok());
            let missing = || input.error("expected `=` and a value after this key");
            variable.ok_or_else(missing)?.into_token_stream()
        } else {
            input.parse::<Token![=]>()?;
            if let Some(error) = sigil(input, variable.as_ref()) {
                return Err(error);
            }
            input.parse::<Expr>()?.into_token_stream()
        };
        Ok(Self {
            key,
            key_span,
            form,
            value,
            is_shorthand,
        })
    }
}

fn form(input: ParseStream<'_>) -> syn::Result<Form> {
    if input.parse::<Option<Token![:]>>()?.is_none() {
        return Ok(Form::Typed);
    }
    if input.parse::<Option<Token![?]>>()?.is_some() {
        return Ok(Form::Debug);
    }
    if input.parse::<Option<Token![%]>>()?.is_some() {
        return Ok(Form::Display);
    }
    let form = match input.fork().parse::<Ident>() {
        Ok(word) if word == "debug" => Form::Debug,
        Ok(word) if word == "display" => Form::Display,
        _ => return Err(input.error("expected `?` or `debug`, `%` or `display` after `:`")),
    };
    input.parse::<Ident>()?;
    Ok(form)
}

fn template(input: ParseStream<'_>) -> syn::Result<LitStr> {
    if input.peek(LitStr) {
        input.parse()
    } else {
        Err(not_a_literal(input))
    }
}

fn arguments(input: ParseStream<'_>) -> syn::Result<Vec<CallArgument>> {
    let mut arguments = Vec::new();
    while !input.is_empty() {
        if input.peek(Token![;]) {
            let message = "the fields stand before the template, as in `order = id; \"…\"`";
            return Err(input.error(message));
        }
        if input.parse::<Option<Token![,]>>()?.is_none() {
            return Err(input.error("expected `,`"));
        }
        if !input.is_empty() {
            arguments.push(input.parse()?);
        }
    }
    Ok(arguments)
}

impl Parse for CallArgument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut name = None;
        if input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            name = Some(input.parse()?);
            input.parse::<Token![=]>()?;
        }
        let value = input.parse::<Expr>()?.into_token_stream();
        Ok(Self { name, value })
    }
}

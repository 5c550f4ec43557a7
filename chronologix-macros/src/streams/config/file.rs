//! What a settings file declares.

use std::{env, fs, path::Path};

use proc_macro2::{Ident, Literal, Span};
use quote::{ToTokens as _, quote_spanned};
use syn::LitStr;

use super::super::{
    check::{self, CONFIG, Declared, Setter},
    options::{Choice, StreamOption},
};
use crate::{
    errors::Errors,
    period,
    settings::{self, Mistake, Stream, Value},
    words::DEDUP,
};

/// Reads the file: its streams and settings, as far as they make sense. What is wrong is told at the path, each with its place in the file.
pub(crate) fn read(path: &LitStr, errors: &mut Errors) -> Declared {
    let name = path.value();
    let text = match text(&name) {
        Ok(text) => text,
        Err(message) => {
            errors.at(path, message);
            return Declared::default();
        }
    };
    let (settings, mistakes) = settings::read(&text);
    for mistake in &mistakes {
        errors.at(path, shown(&name, mistake));
    }
    let idents = settings.streams.iter().map(|stream| {
        ident(&stream.name, path.span())
            .map_err(|why| {
                let (line, column) = stream.place;
                let stream = &stream.name;
                if let Some(why) = why {
                    errors.at(
                        path,
                        format!("{name}:{line}:{column}: streams.{stream}: {why}"),
                    );
                }
            })
            .ok()
    });
    let idents = idents.collect::<Vec<_>>();
    Declared {
        streams: streams(&settings.streams, &idents),
        setters: settings.values.iter().map(setter).collect(),
        file: Some(name),
    }
}

/// The content of a file whose path begins at the manifest of the crate that is compiled.
fn text(path: &str) -> Result<String, String> {
    if Path::new(path).is_absolute() {
        return Err(format!(
            "{path} would be found on this machine alone; name a path that begins at the folder of Cargo.toml"
        ));
    }
    let root = env::var_os("CARGO_MANIFEST_DIR").ok_or(
        "the path begins at the folder of Cargo.toml, but CARGO_MANIFEST_DIR does not tell which that is",
    )?;
    let path = Path::new(&root).join(path);
    fs::read_to_string(&path).map_err(|error| {
        let path = path.display();
        format!("cannot read {path}: {error}; the path begins at the folder of Cargo.toml")
    })
}

fn shown(file: &str, mistake: &Mistake) -> String {
    let Mistake {
        line,
        column,
        key,
        why,
    } = mistake;
    let colon = if key.is_empty() { "" } else { ": " };
    format!("{file}:{line}:{column}: {key}{colon}{why}")
}

/// The constant of a stream, which seems to stand where the path does; or why there can be none. What is no name of a stream at all was
/// told before.
fn ident(name: &str, span: Span) -> Result<Ident, Option<&'static str>> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if name == CONFIG {
        Err(Some(
            "`config` is the function that starts the streams; choose another name",
        ))
    } else if syn::parse_str::<Ident>(name).is_ok() {
        Ok(Ident::new(name, span))
    } else if matches!(name, "_" | "self" | "Self" | "super" | "crate") {
        Err(Some(
            "this word cannot be the name of a constant; choose another name",
        ))
    } else if name.contains('-') || name.starts_with(|letter: char| letter.is_ascii_digit()) {
        Err(Some(
            "the name of a constant has no `-`, and begins with a letter; use `_`, or start these streams with `Config::from_toml_path`",
        ))
    } else if name.is_empty() || !name.chars().all(is_word) {
        Err(None)
    } else {
        Ok(Ident::new_raw(name, span))
    }
}

/// The streams that have constants. The others are no targets, either: each was told.
fn streams(found: &[Stream], idents: &[Option<Ident>]) -> Vec<check::Stream> {
    let place = |target: &usize| {
        idents.get(*target)?.as_ref()?;
        Some(idents[..*target].iter().flatten().count())
    };
    let named = found.iter().zip(idents);
    let stream = |(stream, ident): (&Stream, &Option<Ident>)| {
        Some(check::Stream {
            ident: ident.clone()?,
            name: stream.name.clone(),
            options: stream.options.iter().filter_map(option).collect(),
            targets: stream.targets.iter().filter_map(place).collect(),
        })
    };
    named.filter_map(stream).collect()
}

fn option((option, text): &(&'static str, String)) -> Option<StreamOption> {
    match Choice::of(option) {
        // Levels may stand in capitals.
        Some(choice) => choice.option_of(&text.to_ascii_lowercase()).ok(),
        None if *option == DEDUP => period::millis(text).ok().map(StreamOption::Dedup),
        None => Some(StreamOption::File(text.clone())),
    }
}

fn setter((name, value): &(&'static str, Value)) -> Setter {
    let argument = match value {
        Value::Text(text) => Literal::string(text).into_token_stream(),
        Value::Count(count) => Literal::u64_unsuffixed(*count).into_token_stream(),
        Value::Mode(mode) => Literal::u32_unsuffixed(*mode).into_token_stream(),
        Value::Milliseconds(time) => {
            let time = Literal::u64_unsuffixed(*time);
            quote_spanned!(Span::mixed_site()=> ::core::time::Duration::from_millis(#time))
        }
        Value::Flag(flag) => flag.into_token_stream(),
    };
    Setter { name, argument }
}

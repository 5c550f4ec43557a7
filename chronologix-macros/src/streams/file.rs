//! What a settings file declares, read when its crate is compiled.

use std::{env, fs, path::Path};

use chronologix_schema::{
    layout::check_zone_name,
    settings::{
        ConfigError, ConfigProblem, LoggerOptions, StreamOptions, document,
        keys::{ECHO, STREAMS},
        merge::Assignment,
    },
};
use proc_macro2::{Ident, Span};
use syn::LitStr;

use super::check::{Declared, Stream, taken};
use crate::errors::Errors;

/// Reads the file: its streams and settings, as far as they make sense.
///
/// Everything that is wrong is reported at the path, with its place in the file.
pub(crate) fn read(path: &LitStr, errors: &mut Errors) -> Declared {
    let file = path.value();
    let Ok(text) = text(&file).map_err(|why| errors.at(path, why)) else {
        return Declared::default();
    };
    let mut targets = Vec::new();
    let name = Some(Path::new(&file).into());
    let read = document::read(&text, name, LoggerOptions::default(), |options| {
        let mut problems = Vec::new();
        let zone = check_zone_name(&options.timezone).err();
        targets = options.check(zone.as_ref(), &mut problems);
        problems.extend(options.echo.problem_alone());
        problems.extend(options.streams().iter().filter_map(no_constant));
        problems
    });
    let error = match &read {
        Ok(merged) => merged.error(),
        Err(error) => Some(error.clone()),
    };
    for problem in error.iter().flat_map(ConfigError::problems) {
        errors.at(path, problem);
    }
    let mut declared = Declared {
        file: Some(file),
        ..Declared::default()
    };
    let Ok(merged) = read else {
        return declared;
    };
    // A stream without a constant is no target, either.
    let streams = merged.options.streams();
    let idents = streams
        .iter()
        .map(|stream| ident(&stream.name, path.span()));
    let idents: Vec<_> = idents.collect();
    let index = |at: usize| {
        idents[at].as_ref()?;
        Some(idents[..at].iter().flatten().count())
    };
    for ((stream, ident), targets) in streams.iter().zip(&idents).zip(targets) {
        declared.streams.extend(ident.clone().map(|ident| Stream {
            targets: targets.into_iter().skip(1).filter_map(index).collect(),
            ..Stream::new(ident, stream.name.clone())
        }));
    }
    for Assignment { stream, key, value } in merged.assignments {
        match stream.map(index) {
            // One setter takes all of its options.
            None if key == ECHO => {}
            None => declared.settings.push((key, value)),
            Some(Some(stream)) => declared.streams[stream].options.push((key, value)),
            Some(None) => {}
        }
    }
    declared.echo = merged.options.echo;
    declared
}

/// Returns the content of a file. Its path begins at the manifest of the crate being compiled.
fn text(path: &str) -> Result<String, String> {
    if Path::new(path).is_absolute() {
        return Err(format!(
            "{path} is an absolute path, which other machines do not have; \
             begin it at the folder of Cargo.toml"
        ));
    }
    let root = env::var_os("CARGO_MANIFEST_DIR")
        .ok_or("the path begins at the folder of Cargo.toml, and CARGO_MANIFEST_DIR is not set")?;
    let path = Path::new(&root).join(path);
    fs::read_to_string(&path).map_err(|error| {
        let path = path.display();
        format!("cannot read {path}: {error}; the path begins at the folder of Cargo.toml")
    })
}

/// Returns the constant of a stream, which seems to stand where the path does.
fn ident(name: &str, span: Span) -> Option<Ident> {
    let is_reserved =
        taken(name).is_some() || matches!(name, "_" | "self" | "Self" | "super" | "crate");
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let starts_right = name.starts_with(|first: char| !first.is_ascii_digit());
    if is_reserved || !starts_right || !name.chars().all(is_word) {
        return None;
    }
    let is_keyword = syn::parse_str::<Ident>(name).is_err();
    Some(if is_keyword {
        Ident::new_raw(name, span)
    } else {
        Ident::new(name, span)
    })
}

/// Returns why a stream cannot have a constant. What is no stream name at all is another problem.
fn no_constant(stream: &StreamOptions) -> Option<ConfigProblem> {
    let name = &stream.name;
    let is_stream_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    let is_a_problem_anyway = name.is_empty() || !name.bytes().all(is_stream_name);
    if is_a_problem_anyway || ident(name, Span::call_site()).is_some() {
        return None;
    }
    let unusable = || {
        format!(
            "{name:?} cannot be the name of a constant; choose an identifier, \
             or start these streams with `Config::from_toml_path`"
        )
    };
    let why = taken(name).map_or_else(unusable, str::to_owned);
    Some(ConfigProblem::new(STREAMS, name, why))
}

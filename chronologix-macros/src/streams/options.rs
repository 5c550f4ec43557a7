//! The rules for the options of a stream.

use std::fmt::Write;

use syn::ext::IdentExt;

use super::input::{Entry, Setting};
use crate::{
    errors::Errors,
    nearest::nearest,
    paths::{DURABILITY, FORMAT, LEVEL, MULTILINE, OVERFLOW, Private},
    period,
    words::{DEDUP, DEVICES, FILE, LONGEST_FILE, OPTIONS},
};

/// An option that makes sense.
#[derive(Debug)]
pub(crate) enum StreamOption {
    /// One of a few words: a variant of an enum.
    Word {
        option: &'static str,
        of: Private,
        variant: String,
    },
    File(String),
    /// In milliseconds.
    Dedup(u64),
}

/// An option that takes one of a few words.
#[derive(Clone, Copy)]
pub(crate) struct Choice {
    option: &'static str,
    words: &'static [&'static str],
}

/// The enum whose variants the words of an option are.
fn type_of(option: &str) -> Option<Private> {
    Some(match option {
        "durability" => DURABILITY,
        "format" => FORMAT,
        "min_level" | FLOOR => LEVEL,
        "multiline" => MULTILINE,
        "overflow" => OVERFLOW,
        _ => return None,
    })
}

/// Below this level nothing is compiled: a property of the constant, not of the running stream, and so no setting of a file.
pub(super) const FLOOR: &str = "compile_min_level";

/// The variant that a word is: `synced` is `Synced`.
fn variant(word: &str) -> String {
    let (first, rest) = word.split_at(word.len().min(1));
    first.to_ascii_uppercase() + rest
}

/// Applies the rules for one stream, and gives the options that keep them.
pub(crate) fn check(settings: &[Setting], errors: &mut Errors) -> Vec<StreamOption> {
    let mut options = Vec::new();
    for (index, setting) in settings.iter().enumerate() {
        let name = setting.option.unraw();
        if settings[..index]
            .iter()
            .any(|earlier| earlier.option.unraw() == name)
        {
            errors.at(
                &setting.option,
                format!("the option `{name}` is given twice"),
            );
            continue;
        }
        let choice = Choice::of(&name.to_string());
        if choice.is_none() && name != FILE && name != DEDUP {
            errors.at(&setting.option, unknown_option(&name.to_string()));
            continue;
        }
        let Some(text) = &setting.value.text else {
            let example = match choice {
                Some(choice) => choice.words[0],
                None if name == DEDUP => "10s",
                None => "name.log",
            };
            let message = format!("`{name}` takes a string, as in `{name} = \"{example}\"`");
            errors.at(&setting.value.tokens, message);
            continue;
        };
        let option = match choice {
            Some(choice) => choice.option_of(text),
            None if name == DEDUP => period::millis(text).map(StreamOption::Dedup),
            None => file_name(text).map(StreamOption::File),
        };
        match option {
            Ok(option) => options.push(option),
            Err(message) => errors.at(&setting.value.tokens, message),
        }
    }
    check_dedup(settings, &options, errors);
    options
}

/// Who is promised that a record is on disk must find it there, and not a number.
fn check_dedup(settings: &[Setting], options: &[StreamOption], errors: &mut Errors) {
    let durable = options.iter().find_map(|option| match option {
        StreamOption::Word {
            option: "durability",
            variant,
            ..
        } if *variant != "Queued" => Some(variant.to_lowercase()),
        _ => None,
    });
    let dedup = settings.iter().find(|setting| setting.option == DEDUP);
    if let (Some(durable), Some(dedup)) = (durable, dedup) {
        let message = format!(
            "`dedup` beside durability \"{durable}\": what is only counted is not on disk; leave one of them out"
        );
        errors.at(&dedup.option, message);
    }
}

fn unknown_option(name: &str) -> String {
    let options = || OPTIONS.iter().map(|(option, _)| *option);
    let known = || [FLOOR].into_iter().chain(options()).chain([FILE, DEDUP]);
    if name == "mirror" {
        return "a mirror is no option: write `-> app` behind the stream".to_owned();
    }
    if let Some(meant) = nearest(name, known()) {
        return format!("unknown option `{name}`; did you mean `{meant}`?");
    }
    format!(
        "unknown option `{name}`; there are {}",
        quoted('`', known())
    )
}

impl Choice {
    pub(crate) fn of(option: &str) -> Option<Self> {
        let words = if option == FLOOR { "min_level" } else { option };
        let (known, words) = OPTIONS.iter().find(|(known, _)| *known == words)?;
        let option = if option == FLOOR { FLOOR } else { known };
        Some(Self { option, words })
    }

    pub(crate) fn option_of(self, text: &str) -> Result<StreamOption, String> {
        let Self { option, words } = self;
        let of = type_of(option).filter(|_| words.contains(&text));
        of.map(|of| StreamOption::Word {
            option,
            of,
            variant: variant(text),
        })
        .ok_or_else(|| {
            let allowed = quoted('"', words.iter().copied());
            format!("unknown {option} \"{text}\"; allowed: {allowed}")
        })
    }
}

/// The name, if a file in an interval folder can have it on any system.
fn file_name(text: &str) -> Result<String, String> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let stem = text.split('.').next().unwrap_or_default();
    if text.is_empty()
        || text.len() > LONGEST_FILE
        || text.starts_with('.')
        || !text.bytes().all(is_allowed)
    {
        Err(format!(
            "\"{text}\" is not a bare file name; allowed: 1 to {LONGEST_FILE} of `A-Z a-z 0-9 _ - .`, without a leading dot"
        ))
    } else if DEVICES.contains(&stem.to_ascii_lowercase().as_str()) {
        Err(format!(
            "\"{text}\" is the name of a device on Windows; choose another name"
        ))
    } else {
        Ok(String::from(text))
    }
}

/// No two streams share a file.
pub(crate) fn check_files(entries: &[Entry], errors: &mut Errors) {
    let mut files: Vec<(String, String)> = Vec::new();
    for entry in entries {
        let name = entry.name.unraw().to_string();
        let given = entry.options.iter().find(|setting| setting.option == FILE);
        let file = given.and_then(|setting| setting.value.text.clone());
        let file = file.unwrap_or_else(|| format!("{name}.log")).to_lowercase();
        let other = files
            .iter()
            .find(|(taken, other)| *taken == file && *other != name);
        if let Some((_, other)) = other {
            let message = format!("`{name}` and `{other}` would write to one file, \"{file}\"");
            match given {
                Some(setting) => errors.at(&setting.value.tokens, message),
                // Those whose names differ only in case have been told already.
                None if name.eq_ignore_ascii_case(other) => {}
                None => errors.at(&entry.name, message),
            }
        }
        files.push((file, name));
    }
}

fn quoted<'a>(mark: char, words: impl Iterator<Item = &'a str>) -> String {
    let mut list = String::new();
    for word in words {
        let comma = if list.is_empty() { "" } else { ", " };
        let _ = write!(list, "{comma}{mark}{word}{mark}");
    }
    list
}

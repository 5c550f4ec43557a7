//! The rules for the options of a stream.

use std::fmt::Write;

use syn::ext::IdentExt;

use super::{
    check::DEVICES,
    input::{Entry, Setting},
};
use crate::{
    errors::Errors,
    nearest::nearest,
    paths::{DURABILITY, FORMAT, LEVEL, MULTILINE, OVERFLOW, Private},
    period,
};

/// An option that makes sense.
#[derive(Debug)]
pub(crate) enum StreamOption {
    /// One of a few words: a variant of an enum.
    Word {
        option: &'static str,
        of: Private,
        variant: &'static str,
    },
    File(String),
    /// In nanoseconds.
    Dedup(u64),
}

/// An option that takes one of a few words.
struct Choice {
    option: &'static str,
    of: Private,
    /// Each with its variant.
    words: &'static [(&'static str, &'static str)],
}

const FILE: &str = "file";
const DEDUP: &str = "dedup";

/// As long as the name of a file may be.
const LONGEST_FILE: usize = 128;

/// Below this level nothing is compiled: a property of the constant, not of the running stream.
pub(super) const FLOOR: &str = "compile_min_level";

const LEVELS: [(&str, &str); 6] = [
    ("trace", "Trace"),
    ("debug", "Debug"),
    ("info", "Info"),
    ("warn", "Warn"),
    ("error", "Error"),
    ("critical", "Critical"),
];

const CHOICES: [Choice; 6] = [
    Choice {
        option: FLOOR,
        of: LEVEL,
        words: &LEVELS,
    },
    Choice {
        option: "durability",
        of: DURABILITY,
        words: &[
            ("queued", "Queued"),
            ("written", "Written"),
            ("synced", "Synced"),
        ],
    },
    Choice {
        option: "format",
        of: FORMAT,
        words: &[("text", "Text"), ("json", "Json")],
    },
    Choice {
        option: "min_level",
        of: LEVEL,
        words: &LEVELS,
    },
    Choice {
        option: "multiline",
        of: MULTILINE,
        words: &[("escape", "Escape"), ("indent", "Indent")],
    },
    Choice {
        option: "overflow",
        of: OVERFLOW,
        words: &[("wait", "Wait"), ("drop", "Drop")],
    },
];

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
        let choice = CHOICES.iter().find(|choice| name == choice.option);
        if choice.is_none() && name != FILE && name != DEDUP {
            errors.at(&setting.option, unknown_option(&name.to_string()));
            continue;
        }
        let Some(text) = &setting.value.text else {
            let example = match choice {
                Some(choice) => choice.words[0].0,
                None if name == DEDUP => "10s",
                None => "name.log",
            };
            let message = format!("`{name}` takes a string, as in `{name} = \"{example}\"`");
            errors.at(&setting.value.tokens, message);
            continue;
        };
        let option = match choice {
            Some(choice) => choice.option_of(text),
            None if name == DEDUP => period::nanos(text).map(StreamOption::Dedup),
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
    let known = || {
        CHOICES
            .iter()
            .map(|choice| choice.option)
            .chain([FILE, DEDUP])
    };
    if let Some(meant) = nearest(name, known()) {
        return format!("unknown option `{name}`; did you mean `{meant}`?");
    }
    format!(
        "unknown option `{name}`; there are {}",
        quoted('`', known())
    )
}

impl Choice {
    fn option_of(&self, text: &str) -> Result<StreamOption, String> {
        let Self { option, of, words } = *self;
        let found = words.iter().find(|(word, _)| *word == text);
        found
            .map(|&(_, variant)| StreamOption::Word {
                option,
                of,
                variant,
            })
            .ok_or_else(|| {
                let allowed = quoted('"', words.iter().map(|&(word, _)| word));
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

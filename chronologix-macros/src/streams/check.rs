//! The rules for streams: names, mirrors, options. Each mistake is put where it stands, and the rest goes on.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;

use super::{
    input::Entry,
    options::{self, StreamOption},
};
use crate::{
    errors::Errors,
    nearest::nearest,
    words::{DEVICES, LONGEST_NAME},
};

/// The function beside the constants of the streams.
pub(super) const CONFIG: &str = "config";

/// A stream that makes sense.
#[derive(Debug)]
pub(crate) struct Stream {
    /// As the user wrote it, so that the compiler points there.
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) options: Vec<StreamOption>,
    /// Places of the targets in the list of streams.
    pub(crate) targets: Vec<usize>,
}

/// Everything that is declared.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    pub(crate) streams: Vec<Stream>,
    /// What else a settings file says.
    pub(crate) setters: Vec<Setter>,
    /// The path of that file.
    pub(crate) file: Option<String>,
}

/// A setter of the configuration, and what it is given.
#[derive(Debug)]
pub(crate) struct Setter {
    pub(crate) name: &'static str,
    pub(crate) argument: TokenStream,
}

/// Applies all rules. Gives every stream that has a name of its own, with what is right of it: for the sake of the
/// code that uses it, a constant with a bad name is better than none.
pub(crate) fn check(entries: &[Entry], errors: &mut Errors) -> Vec<Stream> {
    let mut streams: Vec<Stream> = Vec::new();
    // For each entry, the place of its stream.
    let mut places = Vec::new();
    for entry in entries {
        let ident = entry.name.clone();
        let name = ident.unraw().to_string();
        let is_known = streams.iter().any(|earlier| earlier.name == name);
        check_name(&ident, &name, &streams, errors);
        places.push((!is_known && name != CONFIG).then_some(streams.len()));
        if !is_known && name != CONFIG {
            streams.push(Stream {
                ident,
                name,
                options: Vec::new(),
                targets: Vec::new(),
            });
        }
    }
    for (entry, place) in entries.iter().zip(places) {
        let targets = targets(entry, &streams, errors);
        let options = options::check(&entry.options, errors);
        if let Some(stream) = place.and_then(|place| streams.get_mut(place)) {
            stream.targets = targets;
            stream.options = options;
        }
    }
    options::check_files(entries, errors);
    streams
}

fn check_name(ident: &Ident, name: &str, earlier: &[Stream], errors: &mut Errors) {
    let is_same_in_lower = |stream: &&Stream| stream.name.eq_ignore_ascii_case(name);
    if let Some(other) = earlier.iter().find(is_same_in_lower) {
        let message = if other.name == name {
            format!("the stream `{name}` is declared twice")
        } else {
            let other = &other.name;
            format!(
                "`{name}` and `{other}` differ only in case; some file systems keep one file for both"
            )
        };
        errors.at(ident, message);
    } else if !name.is_ascii() {
        errors.at(
            ident,
            "the name of a stream is made of `A-Z`, `a-z`, `0-9`, `_` and `-`",
        );
    } else if name.len() > LONGEST_NAME {
        let length = name.len();
        let message = format!("the name of a stream has at most 64 letters; this one has {length}");
        errors.at(ident, message);
    } else if name == CONFIG {
        let message = "`config` is the function that starts the streams; choose another name";
        errors.at(ident, message);
    } else if DEVICES.contains(&name.to_ascii_lowercase().as_str()) {
        let message = format!("`{name}` is the name of a device on Windows; choose another name");
        errors.at(ident, message);
    }
}

/// The places of the streams that an entry is mirrored into.
fn targets(entry: &Entry, streams: &[Stream], errors: &mut Errors) -> Vec<usize> {
    let own = entry.name.unraw();
    let mut places = Vec::new();
    for target in &entry.targets {
        let name = target.unraw().to_string();
        let place = streams.iter().position(|stream| stream.name == name);
        if own == name {
            errors.at(
                target,
                format!("the stream `{name}` is mirrored into itself"),
            );
        } else if place.is_some_and(|place| places.contains(&place)) {
            errors.at(target, format!("`{own}` is mirrored into `{name}` twice"));
        } else if place.is_none() && name != CONFIG {
            errors.at(target, unknown_target(&own, &name, streams));
        } else {
            places.extend(place);
        }
    }
    places
}

fn unknown_target(own: &Ident, name: &str, streams: &[Stream]) -> String {
    let others = || {
        streams
            .iter()
            .map(|stream| stream.name.as_str())
            .filter(|other| own != *other)
    };
    if let Some(meant) = nearest(name, others()) {
        return format!("unknown stream `{name}`; did you mean `{meant}`?");
    }
    let others: Vec<String> = others().map(|other| format!("`{other}`")).collect();
    if others.is_empty() {
        return format!("unknown stream `{name}`; declare it too");
    }
    format!(
        "unknown stream `{name}`; the other streams are {}",
        others.join(", ")
    )
}

//! Settings files: no text makes anything panic, and what the macro makes of one is what core makes of it.

use chronologix_core::{Config, ConfigError};

use self::macros::settings::{self, Mistake, Settings};

/// The macros are a crate of their own kind, which nothing else can use: the modules are taken as they stand.
#[path = "../../chronologix-macros/src"]
mod macros {
    pub(crate) mod nearest;
    pub(crate) mod period;
    pub(crate) mod settings;
    pub(crate) mod words;
}

/// Where a mistake lies, and in which key.
type Place = (usize, usize, String);

pub(crate) fn check(data: &[u8]) {
    let text = super::feed::Feed::new(data).rest_as_text();
    let (settings, mistakes) = settings::read(&text);
    let compiled = places(&mistakes);
    match Config::from_toml_str(&text) {
        Ok(config) => {
            assert_eq!(compiled, [], "{text:?}: {mistakes:?}");
            config.validate().expect("it was checked");
            // What it says is said once more.
            let again = config.with_toml_str(&text).expect("it fits on itself");
            again.validate().expect("it was checked");
            check_settings(&settings, &text);
        }
        Err(error) => {
            assert_eq!(compiled, places_at_run_time(&error), "{text:?}: {error}");
            let lines = text.split('\n').collect::<Vec<_>>();
            for problem in error.problems() {
                let (line, column) = problem.position().expect("it stands in the text");
                let characters = lines[line - 1].chars().count();
                assert!(column <= characters + 1, "{text:?}: {problem}");
            }
        }
    }
}

/// Zones are left out: the system may know one that the bundled names have not. So are compressions: core may be built without one.
fn places(mistakes: &[Mistake]) -> Vec<Place> {
    let places = mistakes
        .iter()
        .map(|it| (it.line, it.column, it.key.clone()));
    places.filter(is_known_to_both).collect()
}

fn places_at_run_time(error: &ConfigError) -> Vec<Place> {
    let places = error.problems().iter().map(|problem| {
        let (line, column) = problem.position().expect("it stands in the text");
        (line, column, problem.key().to_owned())
    });
    places.filter(is_known_to_both).collect()
}

fn is_known_to_both((_, _, key): &Place) -> bool {
    key != "timezone" && key != "compress"
}

/// What is right can be compiled: there are streams, and their targets are others among them, each once.
fn check_settings(settings: &Settings, text: &str) {
    let streams = &settings.streams;
    assert!(!streams.is_empty(), "{text:?}");
    for (at, stream) in streams.iter().enumerate() {
        let mut seen = vec![at];
        for target in &stream.targets {
            assert!(
                *target < streams.len() && !seen.contains(target),
                "{text:?}"
            );
            seen.push(*target);
        }
    }
}

//! Settings files: no text makes anything panic, and what is right of one can be compiled in.

use chronologix_core::Config;
use chronologix_schema::settings::{LoggerOptions, document};

pub(crate) fn check(data: &[u8]) {
    let text = super::feed::Feed::new(data).rest_as_text();
    match Config::from_toml_str(&text) {
        Ok(config) => {
            config.validate().expect("it was checked");
            // What it says is said once more.
            let again = config.with_toml_str(&text).expect("it fits on itself");
            again.validate().expect("it was checked");
            check_streams(&text);
        }
        Err(error) => {
            let lines = text.split('\n').collect::<Vec<_>>();
            for problem in error.problems() {
                let line = problem.line().expect("it stands in the text");
                let column = problem.column().expect("it stands in the text");
                let characters = lines[line - 1].chars().count();
                assert!(column <= characters + 1, "{text:?}: {problem}");
            }
        }
    }
}

/// There are streams, their targets are others among them, each once, and every value goes to one
/// of them or to the logger.
fn check_streams(text: &str) {
    let mut targets = Vec::new();
    let read = document::read(text, None, LoggerOptions::default(), |options| {
        let mut problems = Vec::new();
        targets = options.targets(&mut problems);
        problems
    });
    let merged = read.expect("it was read before");
    assert!(merged.error().is_none(), "{text:?}");
    let count = merged.options.streams().len();
    assert!(count > 0 && targets.len() == count, "{text:?}");
    for (at, targets) in targets.iter().enumerate() {
        assert_eq!(targets[0], at, "{text:?}");
        let mut seen = targets.clone();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), targets.len(), "{text:?}");
        assert!(seen.iter().all(|target| *target < count), "{text:?}");
    }
    let streams = merged.assignments.iter().filter_map(|it| it.stream);
    assert!(streams.max().is_none_or(|last| last < count), "{text:?}");
}

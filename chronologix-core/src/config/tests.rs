//! What a configuration accepts, and what it says about the rest.

pub(crate) mod samples;

mod dedup;
mod defaults;
mod mistakes;
mod retention;

use crate::{Config, ConfigProblem};

/// The problems of a configuration, as key, value and text.
fn problems(config: &Config) -> Vec<(String, String, String)> {
    let problem = |problem: &ConfigProblem| {
        let text = problem.to_string();
        let why = text.strip_prefix(&format!("{}: ", problem.key()));
        (
            problem.key().to_owned(),
            problem.value().to_owned(),
            why.expect("the text begins with the key").to_owned(),
        )
    };
    match config.validate() {
        Ok(()) => Vec::new(),
        Err(error) => error.problems().iter().map(problem).collect(),
    }
}

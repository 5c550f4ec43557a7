//! Levels of single streams, targets and modules, in the grammar of `RUST_LOG`.

use std::str::FromStr;

use crate::{LevelFilter, ParseError};

#[cfg(test)]
mod tests;

/// What may stand between two commas.
const ALLOWED: &str = "a level such as info, name=level such as hyper=warn, or a name alone, \
                       which takes all levels, separated by commas";

/// The levels of single streams, targets and modules.
///
/// ```
/// use chronologix_schema::{Level, LevelFilter, settings::filter::Filter};
///
/// let filter: Filter = "warn,shop::db=debug,hyper=off".parse()?;
/// assert_eq!(filter.of_module("shop::db::pool"), Some(LevelFilter::From(Level::Debug)));
/// assert_eq!(filter.of_module("hyper::proto"), Some(LevelFilter::Off));
/// assert_eq!(filter.of_module("shop"), None);
/// assert_eq!(filter.of_stream("audit"), Some(LevelFilter::From(Level::Warn)));
/// # Ok::<(), chronologix_schema::ParseError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// What holds for streams that are not named.
    default: Option<LevelFilter>,
    /// The longest name first: that which matches first counts.
    named: Vec<(String, LevelFilter)>,
}

impl Filter {
    /// Returns what is taken of a stream.
    #[must_use]
    pub fn of_stream(&self, name: &str) -> Option<LevelFilter> {
        let named = self.named.iter().find(|(known, _)| known == name);
        named.map(|(_, level)| *level).or(self.default)
    }

    /// Returns what is taken of a module, or of a target of another facade, in all streams.
    #[must_use]
    pub fn of_module(&self, path: &str) -> Option<LevelFilter> {
        let mut named = self.named.iter();
        let named = named.find(|(prefix, _)| path.starts_with(prefix));
        named.map(|(_, level)| *level)
    }

    /// Returns the part that is about modules: a name that is that of a stream is about that
    /// stream alone. `None` if there is no such part.
    #[must_use]
    pub fn for_modules<'n>(&self, streams: impl Iterator<Item = &'n str>) -> Option<Self> {
        let streams = streams.collect::<Vec<_>>();
        let is_module = |(name, _): &&(String, LevelFilter)| !streams.contains(&name.as_str());
        let named = self.named.iter().filter(is_module).cloned();
        let named = named.collect::<Vec<_>>();
        (!named.is_empty()).then_some(Self {
            default: None,
            named,
        })
    }
}

impl FromStr for Filter {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut filter = Self::default();
        let parts = text.split(',').map(str::trim);
        for part in parts.filter(|part| !part.is_empty()) {
            filter.add(part).ok_or_else(|| wrong(part))?;
        }
        Ok(filter)
    }
}

impl Filter {
    /// Adds a directive. As in `RUST_LOG`, the last of one name counts.
    fn add(&mut self, directive: &str) -> Option<()> {
        let (name, level) = match directive.split_once('=') {
            Some((name, level)) => (name.trim(), level.trim().parse().ok()?),
            None => match directive.parse() {
                Ok(level) => {
                    self.default = Some(level);
                    return Some(());
                }
                Err(_) => (directive, LevelFilter::All),
            },
        };
        let is_of_name = |letter: char| letter.is_alphanumeric() || "_-:.".contains(letter);
        if name.is_empty() || !name.chars().all(is_of_name) {
            return None;
        }
        self.named.retain(|(known, _)| known != name);
        let is_before = |(known, _): &(String, _)| known.len() >= name.len();
        let at = self.named.partition_point(is_before);
        self.named.insert(at, (name.to_owned(), level));
        Some(())
    }
}

fn wrong(directive: &str) -> ParseError {
    let part = if directive.contains('[') {
        "filter of spans, which this grammar does not have:"
    } else {
        "filter"
    };
    ParseError::new(part, directive, ALLOWED)
}

//! Which messages are of one pattern, without those that it was found in.
//!
//! A message of a statement is found by the catalogue. Any other is masked, and its words are
//! compared with those of the pattern as `grouping` compares them.

use std::{cell::RefCell, sync::Arc};

use chronologix_schema::Level;
use memchr::memmem::Finder;

use super::{
    catalogue::Catalogue,
    mask::{Mask, is_mask, of_shown},
    masking::Masking,
    skeleton::{ANY, WordKind, compared_words},
};

#[cfg(test)]
mod tests;

/// Finds the messages of one pattern.
#[derive(Clone, Debug)]
pub(crate) struct PatternMatcher {
    /// The id of a statement, or the text of a pattern.
    name: Box<str>,
    places: Vec<PatternPlace>,
    /// The longest word without a mask: a message without it is of another pattern.
    literal: Finder<'static>,
    catalogue: Arc<Catalogue>,
    /// The numbers of the statements that the name stands for.
    statements: Vec<usize>,
}

/// What stands at a place of the pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum PatternPlace {
    /// A word.
    Word(Vec<u8>),
    /// Values side by side.
    Values {
        /// The last one as it is compared.
        text: Vec<u8>,
        /// How many there are. In a message, values side by side count as one.
        most: usize,
        /// Whether words were found here as well.
        takes_words: bool,
    },
    /// Any number of words.
    Rest,
}

thread_local! {
    /// The masked messages that were seen last: a filter asks about many.
    static MASKING: RefCell<Masking> = RefCell::default();
}

impl PatternMatcher {
    /// Finds the messages of a pattern by its text, as long as no statements are known.
    pub(crate) fn new(name: &str) -> Self {
        let words: Vec<&str> = name.split_whitespace().collect();
        let places = places(&of_shown(&words.join(" ")));
        let words = places.iter().filter_map(|place| match place {
            PatternPlace::Word(word) if !word.iter().any(|byte| is_mask(*byte)) => {
                Some(word.as_slice())
            }
            _ => None,
        });
        let literal = words.max_by_key(|word| word.len()).unwrap_or_default();
        let literal = Finder::new(literal).into_owned();
        Self {
            name: name.into(),
            literal,
            places,
            catalogue: Arc::default(),
            statements: Vec::new(),
        }
    }

    /// Sets the statements that are known. The name is the id of one, or the text of some, or of
    /// no statement.
    #[must_use]
    pub(crate) fn with_statements(mut self, catalogue: Arc<Catalogue>) -> Self {
        self.statements = match catalogue.number_of_id(&self.name) {
            Some(number) => vec![number],
            None => catalogue.numbers_of_text(&self.name).collect(),
        };
        self.catalogue = catalogue;
        self
    }

    /// Returns whether a message of a stream and a level, with its fields, is of the pattern.
    pub(crate) fn is_match(&self, stream: &str, level: Option<Level>, message: &str) -> bool {
        let statement = || self.catalogue.number_of(stream, level, message);
        if !self.statements.is_empty() {
            return statement().is_some_and(|number| self.statements.contains(&number));
        }
        let first = message.split('\n').next().unwrap_or_default().as_bytes();
        // Control characters are left out of masked messages.
        let may_fit = self.literal.find(first).is_some() || first.iter().any(u8::is_ascii_control);
        may_fit
            && MASKING.with_borrow_mut(|masking| self.takes(masking.masked(first)))
            && statement().is_none()
    }

    fn takes(&self, masked: &[u8]) -> bool {
        let words = match str::from_utf8(masked) {
            // A message can have the name of a mask in it.
            Ok(text) if memchr::memchr(b'<', masked).is_some() => joined(&of_shown(text), true),
            _ => joined(masked, true),
        };
        fits(&self.places, &words)
    }
}

/// A word of a masked message as it is compared, or values side by side.
#[derive(Debug)]
struct Joined {
    /// The word, or the last value.
    text: Vec<u8>,
    /// The number of values.
    values: usize,
    /// Whether one of the values is of any kind.
    is_any: bool,
    /// Whether it stands for all words that follow.
    is_rest: bool,
}

/// Returns the words of a masked message. As in a skeleton, values side by side count as one, and
/// so does `<...>` behind them if it is wanted.
fn joined(masked: &[u8], joins_rest: bool) -> Vec<Joined> {
    let mut found: Vec<Joined> = Vec::new();
    for word in compared_words(masked) {
        let is_any = word.shown.contains(&ANY);
        let is_rest = word.shown == [Mask::Rest as u8];
        match found.last_mut() {
            Some(last)
                if word.is_value && (joins_rest || !is_rest) && last.text.first() == Some(&ANY) =>
            {
                last.text = word.text;
                last.values = last.values.max(1) + 1;
                last.is_any |= is_any;
            }
            _ => found.push(Joined {
                text: word.text,
                values: usize::from(word.is_value),
                is_any,
                is_rest,
            }),
        }
    }
    found
}

/// Returns the places of a pattern.
fn places(masked: &[u8]) -> Vec<PatternPlace> {
    let words = joined(masked, false);
    let is_fixed = |word: &&Joined| word.values == 0 && WordKind::of(&word.text).has_letters();
    let fixed = words.iter().filter(is_fixed).count();
    // As `grouping`, which takes a word for a value only where enough others are fixed.
    let is_mostly_fixed = fixed > 0 && fixed * 5 >= words.len() * 2;
    let place = |word: Joined| match word.values {
        _ if word.is_rest => PatternPlace::Rest,
        0 => PatternPlace::Word(word.text),
        most => PatternPlace::Values {
            text: word.text,
            most,
            takes_words: word.is_any && is_mostly_fixed,
        },
    };
    words.into_iter().map(place).collect()
}

/// Returns whether words stand where they may.
fn fits(places: &[PatternPlace], words: &[Joined]) -> bool {
    let Some((place, rest)) = places.split_first() else {
        return words.is_empty();
    };
    match place {
        PatternPlace::Rest => true,
        PatternPlace::Word(text) => words
            .split_first()
            .is_some_and(|(word, behind)| word.text == *text && fits(rest, behind)),
        PatternPlace::Values {
            text,
            most,
            takes_words,
        } => (1..=words.len().min(*most)).any(|taken| {
            let (values, behind) = words.split_at(taken);
            let are_equal = || values.len() == 1 && values[0].text == *text;
            (*takes_words || are_equal()) && fits(rest, behind)
        }),
    }
}

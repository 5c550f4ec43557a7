//! Skeletons: the words of a masked message as they are compared. Kinds of masks do not count, and
//! values that stand side by side count as one, as many as there are.

use std::collections::HashMap;

use super::mask::{Mask, is_mask};

#[cfg(test)]
mod tests;

/// Stands for any mask.
pub(super) const ANY: u8 = Mask::Any as u8;

/// The most bytes of values side by side that are shown one by one.
const MOST_SHOWN: usize = 48;

/// The word behind which the name of a user stands.
const USER: &[u8] = b"user";

/// A word, as an index into [`Words`].
pub(super) type WordId = u32;

/// The words of all skeletons, each once.
#[derive(Debug, Default)]
pub(super) struct Words {
    ids: HashMap<Box<[u8]>, WordId>,
    words: Vec<Word>,
}

/// A word of a skeleton.
#[derive(Debug)]
pub(super) struct Word {
    /// Its text, with masks.
    pub(super) text: Box<[u8]>,
    /// What it has.
    pub(super) kind: WordKind,
    /// Whether it begins with a key: `state=`.
    pub(super) has_key: bool,
}

/// What a word has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WordKind {
    /// Letters and no mask.
    Literal,
    /// Letters and a mask.
    Mixed,
    /// A mask and no letters.
    Value,
    /// Neither.
    Marks,
}

impl WordKind {
    pub(super) fn of(text: &[u8]) -> Self {
        let has_mask = text.iter().any(|byte| is_mask(*byte));
        match text.iter().any(|byte| is_letter(*byte)) {
            true if has_mask => Self::Mixed,
            true => Self::Literal,
            false if has_mask => Self::Value,
            false => Self::Marks,
        }
    }

    /// Returns whether it has letters.
    pub(super) fn has_letters(self) -> bool {
        matches!(self, Self::Literal | Self::Mixed)
    }
}

/// A word of a masked message.
#[derive(Debug)]
pub(super) struct ComparedWord<'m> {
    /// As it is shown.
    pub(super) shown: &'m [u8],
    /// As it is compared. A value has nothing but the mask of any value, and the mark behind it.
    pub(super) text: Vec<u8>,
    /// Whether it is nothing but values.
    pub(super) is_value: bool,
}

/// Iterates over the words of a masked message.
pub(super) fn compared_words(masked: &[u8]) -> impl Iterator<Item = ComparedWord<'_>> {
    let has_literal = masked.split(|byte| *byte == b' ').any(is_literal);
    let mut is_user = false;
    masked.split(|byte| *byte == b' ').map(move |shown| {
        let mut text: Vec<u8> = shown.iter().map(|byte| generic(*byte)).collect();
        if has_literal && is_name(&text) || is_user && is_literal(&text) {
            text = value_like(&text);
        }
        is_user = text == USER;
        let is_value = is_value(&text);
        if is_value {
            let mark = text.last().filter(|byte| b",;:.".contains(byte));
            text = [ANY].into_iter().chain(mark.copied()).collect();
        }
        ComparedWord {
            shown,
            text,
            is_value,
        }
    })
}

/// The words of a masked message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Skeleton {
    /// The words as they are compared.
    pub(super) words: Vec<WordId>,
    /// The same words as they are shown.
    pub(super) shown: Vec<WordId>,
}

impl Words {
    /// Returns the skeleton of a masked message.
    pub(super) fn skeleton(&mut self, masked: &[u8]) -> Skeleton {
        let mut compared: Vec<Vec<u8>> = Vec::new();
        let mut shown: Vec<Vec<u8>> = Vec::new();
        for word in compared_words(masked) {
            match (compared.last_mut(), shown.last_mut()) {
                (Some(last), Some(values)) if word.is_value && last[0] == ANY => {
                    values.push(b' ');
                    values.extend_from_slice(word.shown);
                    if values.len() > MOST_SHOWN {
                        values.clone_from(&word.text);
                    }
                    *last = word.text;
                }
                _ => {
                    compared.push(word.text);
                    shown.push(word.shown.to_owned());
                }
            }
        }
        Skeleton {
            words: compared.iter().map(|word| self.id(word)).collect(),
            shown: shown.iter().map(|word| self.id(word)).collect(),
        }
    }

    /// Returns the id of a word.
    fn id(&mut self, text: &[u8]) -> WordId {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = WordId::try_from(self.words.len()).unwrap_or(WordId::MAX);
        self.ids.insert(text.into(), id);
        self.words.push(Word {
            text: text.into(),
            kind: WordKind::of(text),
            has_key: text.contains(&b'='),
        });
        id
    }

    /// Returns a word.
    pub(super) fn word(&self, id: WordId) -> &Word {
        &self.words[id as usize]
    }

    /// Returns the word that stands for any value, with the brackets and marks around this one.
    pub(super) fn value_like(&mut self, id: WordId) -> WordId {
        let text = value_like(&self.word(id).text);
        self.id(&text)
    }

    /// Returns the masked message that these words are.
    pub(super) fn text(&self, words: &[WordId]) -> Vec<u8> {
        let texts: Vec<&[u8]> = words.iter().map(|id| &*self.word(*id).text).collect();
        texts.join(&b' ')
    }
}

fn generic(byte: u8) -> u8 {
    if is_mask(byte) { ANY } else { byte }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || !byte.is_ascii()
}

/// Returns whether a word has letters and no mask.
fn is_literal(word: &[u8]) -> bool {
    WordKind::of(word) == WordKind::Literal
}

/// Returns whether a word is nothing but values, or brackets without one.
fn is_value(word: &[u8]) -> bool {
    let is_empty = matches!(word, b"()" | b"[]" | b"{}" | b"\"\"" | b"''");
    let has_mask = word.iter().any(|byte| is_mask(*byte));
    is_empty || has_mask && !word.iter().any(|byte| is_letter(*byte) || *byte == b'=')
}

/// Returns whether a word is a name with a number: `rdd_2_0`, `node-17.example`. Behind a key, or
/// with dots that lead to a value, the letters say what the number is.
fn is_name(word: &[u8]) -> bool {
    let core = core(word);
    core.iter().any(|byte| is_mask(*byte))
        && core.iter().any(u8::is_ascii_alphabetic)
        && !core.iter().any(|byte| b":=(){}[]<>\"'|".contains(byte))
        && !core.windows(2).any(|two| two == b"..")
}

/// Returns a word without the brackets and marks around it.
fn core(word: &[u8]) -> &[u8] {
    let is_opening = |byte: &&u8| b"([{<\"'".contains(byte);
    let is_closing = |byte: &&u8| b")]}>,;:.!?\"'".contains(byte);
    let word = &word[word.iter().take_while(is_opening).count()..];
    &word[..word.len() - word.iter().rev().take_while(is_closing).count()]
}

/// Returns a word with a mask in place of its core.
fn value_like(word: &[u8]) -> Vec<u8> {
    let core = core(word);
    let before = word
        .iter()
        .take_while(|byte| b"([{<\"'".contains(byte))
        .count();
    let behind = &word[(before + core.len()).min(word.len())..];
    let before = &word[..before.min(word.len())];
    [before, &[ANY], behind].concat()
}

//! A cursor in a template, and the count of the arguments taken so far.

use super::Argument;

/// Reads a template from left to right. It is cloned to come back to a place.
#[derive(Clone, Debug, Default)]
pub(super) struct Scan<'t> {
    text: &'t str,
    /// The byte where the rest begins. It is always between two characters.
    pub(super) at: usize,
    /// The positional argument that the next `{}` takes.
    next: usize,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let start = Self::default();
        Self { text, ..start }
    }

    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub(super) fn since(&self, from: usize) -> &'t str {
        &self.text[from..self.at]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Skips to the next of these characters, and returns where that is.
    pub(super) fn skip_to(&mut self, any: [char; 3]) -> Option<usize> {
        self.at += self.rest().find(any)?;
        Some(self.at)
    }

    pub(super) fn eat(&mut self, expected: &str) -> bool {
        let is_next = self.rest().starts_with(expected);
        if is_next {
            self.at += expected.len();
        }
        is_next
    }

    /// Reads decimal digits, if one is next.
    pub(super) fn number(&mut self) -> Option<&'t str> {
        self.peek()?
            .is_ascii_digit()
            .then(|| self.skip_while(|letter| letter.is_ascii_digit()))
    }

    /// Reads a word that does not begin with a digit, if one is next.
    ///
    /// Beyond ASCII it ends at the next space: such names hold marks that are not letters by
    /// themselves. The compiler reports what is not a name.
    pub(super) fn identifier(&mut self) -> Option<&'t str> {
        let first = self.peek()?;
        let belongs = |letter: char| match letter {
            '_' => true,
            letter if letter.is_ascii() => letter.is_ascii_alphanumeric(),
            letter => !letter.is_whitespace(),
        };
        (first == '_' || first.is_alphabetic()).then(|| self.skip_while(belongs))
    }

    pub(super) const fn next_argument(&mut self) -> Argument<'t> {
        let index = self.next;
        self.next += 1;
        Argument::Index(index)
    }

    pub(super) fn skip_while(&mut self, belongs: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|letter| !belongs(letter)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }
}

//! Walks over the words of a message and masks what varies in them.
//!
//! Most words have neither digits nor marks and are copied. Others are taken apart: brackets and
//! the marks of a sentence around a word stay, keys stay, values, numbers and ids are masked.

use super::{
    mask::Mask,
    shapes::{
        closing, date, is_hex_word, is_id, is_path, is_request, is_size, is_span, pair, whole,
    },
};

/// A digit.
const DIGIT: u8 = 1;
/// What stands in keys with values, in paths, and around texts.
const MARK: u8 = 2;
/// No text.
const CONTROL: u8 = 4;
/// The end of a sentence, or a part of a name.
const POINT: u8 = 8;

/// What a byte makes of a word.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    loop {
        classes[byte as usize] = match byte {
            b'0'..=b'9' => DIGIT,
            b'=' | b'/' | b'\\' | b'"' | b'\'' | b'`' => MARK,
            0..=31 | 127 => CONTROL,
            b'.' => POINT,
            _ => 0,
        };
        if byte == u8::MAX {
            break classes;
        }
        byte += 1;
    }
};

/// How deep brackets and colons within a word are followed.
const DEPTH: usize = 8;

/// Masks a message word by word.
#[derive(Debug)]
pub(super) struct Masker<'t, 'm> {
    text: &'t [u8],
    /// Up to here, the text is masked.
    at: usize,
    masked: &'m mut Vec<u8>,
    /// Where the message begins in `masked`.
    start: usize,
}

impl<'t, 'm> Masker<'t, 'm> {
    /// Starts before the first word.
    pub(super) fn new(text: &'t [u8], masked: &'m mut Vec<u8>) -> Self {
        let start = masked.len();
        Self {
            text,
            at: 0,
            masked,
            start,
        }
    }

    /// Masks the next word. Returns false at the end.
    pub(super) fn next_word(&mut self) -> bool {
        let Some(rest) = self.separate() else {
            return false;
        };
        if rest[0].is_ascii_uppercase()
            && let Some(length) = date(rest)
        {
            self.push(Mask::Time);
            self.at += length;
            self.rest_of_word();
            return true;
        }
        let (mut class, mut length) = (0, 0);
        for byte in rest.iter().take_while(|byte| !is_blank(**byte)) {
            class |= CLASSES[usize::from(*byte)];
            length += 1;
        }
        let word = &rest[..length];
        let ends_sentence =
            class == POINT && memchr::memchr(b'.', word).is_none_or(|at| at + 1 == length);
        if (class == 0 || ends_sentence) && !is_hex_word(word) {
            self.masked.extend_from_slice(word);
            self.at += length;
        } else {
            self.marked(self.at + length);
        }
        true
    }

    /// Masks all words that are left as one.
    pub(super) fn rest(&mut self) {
        if self.separate().is_some() {
            self.push(Mask::Rest);
        }
    }

    /// Moves to the next word. Returns the text from there on, unless nothing is left.
    fn separate(&mut self) -> Option<&'t [u8]> {
        let rest = self.text.get(self.at..)?;
        let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
        self.at += blanks;
        let rest = &rest[blanks..];
        if rest.is_empty() {
            return None;
        }
        if self.masked.len() > self.start {
            self.masked.push(b' ');
        }
        Some(rest)
    }

    fn push(&mut self, mask: Mask) {
        self.masked.push(mask as u8);
    }

    fn copy(&mut self, byte: u8) {
        let is_text = CLASSES[usize::from(byte)] & CONTROL == 0;
        self.masked.push(if is_text { byte } else { b'?' });
    }

    fn copy_to(&mut self, end: usize) {
        for at in self.at..end {
            self.copy(self.text[at]);
        }
        self.at = end;
    }

    /// Returns the end of the word that the masker is in.
    fn word_end(&self) -> usize {
        let rest = &self.text[self.at..];
        let length = rest.iter().position(|byte| is_blank(*byte));
        self.at + length.unwrap_or(rest.len())
    }

    /// Masks what is left of the word that the masker is in.
    fn rest_of_word(&mut self) {
        let end = self.word_end();
        self.pieces(&self.text[self.at..end]);
        self.at = end;
    }

    /// Masks a word that ends at `end`, or later, if it is a quoted text with blanks.
    fn marked(&mut self, mut end: usize) {
        loop {
            let opens = |at: usize| match self.text[at] {
                b'(' | b'[' | b'{' => true,
                // `<1 sec` is less than a second.
                b'<' => !self.text.get(at + 1).is_some_and(u8::is_ascii_digit),
                _ => false,
            };
            let opening = (self.at..end).take_while(|at| opens(*at)).count();
            for _ in 0..opening {
                self.copy(self.text[self.at]);
                self.at += 1;
            }
            if self.quoted() {
                end = self.word_end();
                if self.at == end {
                    return;
                }
                continue;
            }
            let word = &self.text[self.at..end];
            let core = &word[..word.len() - closing(word)];
            let Some(key) = pair(core) else {
                let core_end = self.at + core.len();
                self.core(core, DEPTH);
                self.at = core_end;
                if !self.unit(end) {
                    self.copy_to(end);
                }
                return;
            };
            let core_end = self.at + core.len();
            self.pieces(&core[..key]);
            self.masked.push(b'=');
            self.at += key + 1;
            if self.quoted() {
                end = self.word_end();
                if self.at == end {
                    return;
                }
                continue;
            }
            // The next pair begins behind a mark: `a=1,b=2`.
            let value = &self.text[self.at..end];
            let is_next =
                |at: &usize| b",;&".contains(&value[*at]) && pair(&value[at + 1..]).is_some();
            let next = (0..value.len()).find(is_next).map(|at| self.at + at);
            let value_end = next.unwrap_or(core_end).max(self.at);
            if value_end > self.at {
                self.push(Mask::Any);
            }
            self.at = value_end;
            if next.is_none() {
                return self.copy_to(end);
            }
            self.copy_to(value_end + 1);
        }
    }

    /// Masks a number with the unit that is the next word: `5.2 KB`. Returns whether it did.
    fn unit(&mut self, end: usize) -> bool {
        if self.at != end || self.masked.last() != Some(&(Mask::Number as u8)) {
            return false;
        }
        let Some(rest) = self.text[end..].strip_prefix(b" ") else {
            return false;
        };
        let letters = rest.iter().take_while(|byte| byte.is_ascii_alphabetic());
        let letters = letters.count();
        let behind = rest.get(letters);
        if behind.is_some_and(|byte| !is_blank(*byte) && !b",;.)]}".contains(byte)) {
            return false;
        }
        let mask = match &rest[..letters] {
            unit if is_size(unit) => Mask::Size,
            unit if is_span(unit) => Mask::Duration,
            _ => return false,
        };
        self.masked.pop();
        self.push(mask);
        self.at = end + 1 + letters;
        self.rest_of_word();
        true
    }

    /// Masks a quoted text. Returns whether there was one.
    fn quoted(&mut self) -> bool {
        let Some(&quote) = self.text.get(self.at) else {
            return false;
        };
        if !b"\"'`".contains(&quote) {
            return false;
        }
        let rest = &self.text[self.at + 1..];
        let is_end = |at: &usize| {
            let is_escaped = *at > 0 && rest[at - 1] == b'\\';
            let next = rest.get(at + 1);
            !is_escaped && next.is_none_or(|next| !next.is_ascii_alphanumeric())
        };
        let Some(length) = memchr::memchr_iter(quote, rest).find(is_end) else {
            return false;
        };
        if length == 0 {
            return false;
        }
        let inside = &rest[..length];
        self.masked.push(quote);
        if is_request(inside) {
            // The method says what was done: `GET` and `POST` are not one pattern.
            let mut masker = Masker::new(inside, self.masked);
            while masker.next_word() {}
        } else if matches!(rest.get(length + 1), Some(b':' | b'=')) {
            // The name of a member, not a value.
            self.pieces(inside);
        } else {
            self.push(Mask::Text);
        }
        self.masked.push(quote);
        self.at += length + 2;
        true
    }

    /// Masks a word without what is around it.
    fn core(&mut self, core: &[u8], depth: usize) {
        if let Some(mask) = whole(core) {
            return self.push(mask);
        }
        if let [b'/', host @ ..] = core
            && whole(host) == Some(Mask::Address)
        {
            // As Java writes it.
            self.masked.push(b'/');
            return self.push(Mask::Address);
        }
        if is_path(core) {
            return self.push(Mask::Path);
        }
        let is_inside = |at: &usize| {
            let is_after_letter = core[at - 1].is_ascii_alphabetic();
            match core[*at] {
                b'(' | b'[' | b'{' => true,
                b':' => is_after_letter && core[at + 1] != b':',
                _ => false,
            }
        };
        // What stands in brackets, or behind a colon, is looked at by itself: `sid:0x34ed`.
        let inner = (1..core.len().saturating_sub(1)).find(is_inside);
        match inner.filter(|_| depth > 0) {
            Some(at) => {
                self.pieces(&core[..at]);
                self.copy(core[at]);
                self.core(&core[at + 1..], depth - 1);
            }
            None => self.pieces(core),
        }
    }

    /// Masks the numbers and ids within a word.
    fn pieces(&mut self, word: &[u8]) {
        let run = |from: usize| {
            let rest = word.get(from..).unwrap_or_default();
            let is_of_run = |byte: &&u8| byte.is_ascii_alphanumeric();
            &rest[..rest.iter().take_while(is_of_run).count()]
        };
        let is_number = |run: &[u8]| !run.is_empty() && run.iter().all(u8::is_ascii_digit);
        let mut at = 0;
        while at < word.len() {
            let own = run(at);
            if own.is_empty() {
                let is_first = at == 0 || !word[at - 1].is_ascii_alphanumeric();
                let is_sign = b"+-".contains(&word[at]) && is_first && is_number(run(at + 1));
                if !is_sign {
                    self.copy(word[at]);
                }
                at += 1;
                continue;
            }
            at += own.len();
            if is_id(own) {
                self.push(Mask::Id);
            } else if is_number(own) {
                // Digits with points and commas are one number.
                while matches!(word.get(at), Some(b'.' | b',')) && is_number(run(at + 1)) {
                    at += 1 + run(at + 1).len();
                }
                self.push(Mask::Number);
            } else {
                self.mixed(own);
            }
        }
    }

    /// Masks the digits among letters.
    fn mixed(&mut self, run: &[u8]) {
        for part in run.chunk_by(|one, next| one.is_ascii_digit() == next.is_ascii_digit()) {
            if part[0].is_ascii_digit() {
                self.push(Mask::Number);
            } else {
                self.masked.extend_from_slice(part);
            }
        }
    }
}

/// Returns whether a byte separates words.
fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t' || byte == b'\r'
}

//! A position in the bytes of a line.

/// Reads a line from left to right. A copy is a place to come back to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    /// The whole line.
    line: &'a [u8],
    /// How much of it was read.
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Starts at an offset of a line.
    pub(super) const fn new(line: &'a [u8], at: usize) -> Self {
        Self { line, at }
    }

    /// Returns the offset.
    pub(super) const fn at(self) -> usize {
        self.at
    }

    /// Returns what was not read.
    pub(super) fn rest(self) -> &'a [u8] {
        self.line.get(self.at..).unwrap_or_default()
    }

    /// Returns a part of the line.
    pub(super) fn slice(self, start: usize, end: usize) -> &'a [u8] {
        self.line.get(start..end).unwrap_or_default()
    }

    /// Returns the next byte.
    pub(super) fn peek(self) -> Option<u8> {
        self.line.get(self.at).copied()
    }

    /// Returns the byte that is so far behind the next.
    pub(super) fn peek_at(self, ahead: usize) -> Option<u8> {
        self.line.get(self.at + ahead).copied()
    }

    /// Moves on.
    pub(super) const fn skip(&mut self, count: usize) {
        self.at += count;
    }

    /// Reads this byte.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Reads one of these bytes.
    pub(super) fn eat_any(&mut self, bytes: &[u8]) -> Option<u8> {
        let next = self.peek().filter(|next| bytes.contains(next))?;
        self.at += 1;
        Some(next)
    }

    /// Reads this text.
    pub(super) fn eat_text(&mut self, text: &[u8]) -> bool {
        let rest = self.rest();
        // Most texts have one or two bytes: comparing them here is faster than a call.
        let is_next = rest.len() >= text.len() && rest.iter().zip(text).all(|(a, b)| a == b);
        if is_next {
            self.at += text.len();
        }
        is_next
    }

    /// Reads blanks. Returns how many.
    pub(super) fn blanks(&mut self) -> usize {
        let start = self.at;
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
        self.at - start
    }

    /// Reads one digit.
    pub(super) fn digit(&mut self) -> Option<u32> {
        let digit = self.peek().filter(u8::is_ascii_digit)?;
        self.at += 1;
        Some(u32::from(digit - b'0'))
    }

    /// Reads exactly two digits.
    pub(super) fn two(&mut self) -> Option<u32> {
        let [tens, ones, ..] = *self.rest() else {
            return None;
        };
        let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
        if tens > 9 || ones > 9 {
            return None;
        }
        self.at += 2;
        Some(u32::from(tens) * 10 + u32::from(ones))
    }

    /// Reads exactly four digits.
    pub(super) fn four(&mut self) -> Option<u32> {
        Some(self.two()? * 100 + self.two()?)
    }

    /// Reads one digit, or two.
    pub(super) fn one_or_two(&mut self) -> Option<u32> {
        let first = self.digit()?;
        Some(self.digit().map_or(first, |second| first * 10 + second))
    }

    /// Returns how many digits come next, up to a limit.
    pub(super) fn digits_ahead(self, limit: usize) -> usize {
        let digits = self.rest().iter().take(limit);
        digits.take_while(|byte| byte.is_ascii_digit()).count()
    }

    /// Reads the ASCII letters that come next.
    pub(super) fn letters(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let count = rest.iter().take_while(|byte| byte.is_ascii_alphabetic());
        let word = &rest[..count.count()];
        self.at += word.len();
        word
    }

    /// Reads up to nine digits as the fraction of a second, in nanoseconds. Further digits are
    /// read and cut off.
    pub(super) fn fraction(&mut self) -> Option<u32> {
        let mut nanos = self.digit()? * 100_000_000;
        let mut unit = 10_000_000;
        while let Some(digit) = self.digit() {
            nanos += digit * unit;
            unit /= 10;
        }
        Some(nanos)
    }

    /// Returns whether a word or number ends here.
    pub(super) fn is_boundary(self) -> bool {
        !self
            .peek()
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80)
    }
}

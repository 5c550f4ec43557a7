//! Takes choices, numbers and texts out of the bytes of a fuzzer, so that most bytes mean
//! something.

/// What is left of the bytes. Where there are none, everything is zero or empty.
#[derive(Clone, Debug)]
pub(crate) struct Feed<'d>(&'d [u8]);

/// What a byte that is no UTF-8 stands for: characters that mean something in a line, the
/// neighbours of those, and some letters of each length.
const ODD: [char; 72] = [
    '\0',
    '\x07',
    '\x08',
    '\t',
    '\n',
    '\x0b',
    '\x0c',
    '\r',
    '\x1b',
    '\x1f',
    '\x7e',
    '\x7f',
    '\u{80}',
    '\u{85}',
    '\u{9b}',
    '\u{9f}',
    '\u{a0}',
    '\u{ad}',
    '\u{61b}',
    '\u{61c}',
    '\u{61d}',
    '\u{180d}',
    '\u{180e}',
    '\u{180f}',
    '\u{200a}',
    '\u{200b}',
    '\u{200d}',
    '\u{200e}',
    '\u{200f}',
    '\u{2010}',
    '\u{2027}',
    '\u{2028}',
    '\u{2029}',
    '\u{202a}',
    '\u{202e}',
    '\u{202f}',
    '\u{205f}',
    '\u{2060}',
    '\u{2064}',
    '\u{2066}',
    '\u{2069}',
    '\u{206f}',
    '\u{2070}',
    '\u{feff}',
    '\u{fefe}',
    '\u{ff00}',
    '\u{fff8}',
    '\u{fff9}',
    '\u{fffb}',
    '\u{fffc}',
    '\u{fffd}',
    '\u{ffff}',
    '\u{dffff}',
    '\u{e0000}',
    '\u{e0001}',
    '\u{e0020}',
    '\u{e007f}',
    '\u{e0080}',
    '\u{e0100}',
    '\u{10ffff}',
    'é',
    'ß',
    '٣',
    '²',
    'ⓐ',
    '\u{94d}',
    '\u{301}',
    '世',
    '…',
    '🦀',
    '\u{d7ff}',
    '\u{e000}',
];

impl<'d> Feed<'d> {
    pub(crate) fn new(data: &'d [u8]) -> Self {
        Self(data)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn bytes(&mut self, at_most: usize) -> &'d [u8] {
        let (taken, rest) = self.0.split_at(at_most.min(self.0.len()));
        self.0 = rest;
        taken
    }

    pub(crate) fn rest(&mut self) -> &'d [u8] {
        std::mem::take(&mut self.0)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut array = [0; N];
        let taken = self.bytes(N);
        array[..taken.len()].copy_from_slice(taken);
        array
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let [byte] = self.array();
        byte
    }

    /// A number below `bound`, which is at most 256.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound
    }

    pub(crate) fn short(&mut self) -> usize {
        usize::from(u16::from_le_bytes(self.array()))
    }

    pub(crate) fn choose<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// A text of up to 255 bytes, its length in front.
    pub(crate) fn text(&mut self) -> String {
        let length = usize::from(self.byte());
        as_text(self.bytes(length))
    }

    pub(crate) fn rest_as_text(&mut self) -> String {
        as_text(self.rest())
    }
}

/// UTF-8 as it is; each other byte stands for a character that means something.
fn as_text(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let odd = |byte: &u8| ODD[usize::from(*byte) % ODD.len()];
        text.extend(chunk.invalid().iter().map(odd));
    }
    text
}

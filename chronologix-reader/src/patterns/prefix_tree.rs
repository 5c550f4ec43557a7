//! Numbers by the bytes of texts, so that those whose text a message begins with are found at once.

use std::ops::Range;

#[cfg(test)]
mod tests;

/// Stands for an integer in a text. No message has this byte.
pub(super) const INTEGER: u8 = 0;

/// Above this, a search for a byte by the processor's vectors is faster than one by hand.
const FEW: usize = 8;

/// A radix tree: a node for each place where texts part. The nodes stand side by side, so that a
/// message is followed without looking for them in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PrefixTree {
    /// The nodes. The root is the first one, and has no edge.
    nodes: Vec<PrefixNode>,
    /// The first byte of the edge of each node. An integer is an edge of its own.
    first_bytes: Vec<u8>,
    /// The texts of all edges, one after the other.
    edges: Vec<u8>,
    /// The numbers of all nodes.
    numbers: Vec<usize>,
}

/// A node. The ranges are those of the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct PrefixNode {
    /// What stands between the node before and this one.
    edge: Range<usize>,
    /// The numbers whose text ends here.
    numbers: Range<usize>,
    /// The nodes behind, in the order of their first bytes: an integer comes first.
    nodes: Range<usize>,
}

impl PrefixTree {
    /// Returns the tree of some texts, each with its number. In a text, [`INTEGER`] stands for any
    /// integer. No digit may follow.
    pub(super) fn of(mut texts: Vec<(Vec<u8>, usize)>) -> Self {
        let mut tree = Self::default();
        if !texts.is_empty() {
            texts.sort_unstable();
            tree.nodes.push(PrefixNode::default());
            tree.first_bytes.push(INTEGER);
            tree.grow(0, &texts, 0);
        }
        tree
    }

    /// Adds what is behind a node: texts that are equal up to `at`.
    fn grow(&mut self, node: usize, texts: &[(Vec<u8>, usize)], at: usize) {
        let ending = texts.iter().take_while(|(text, _)| text.len() == at);
        let ending: Vec<usize> = ending.map(|(_, number)| *number).collect();
        let texts = &texts[ending.len()..];
        let start = self.numbers.len();
        self.numbers.extend(ending);
        self.nodes[node].numbers = start..self.numbers.len();
        let first = self.nodes.len();
        let parts = || texts.chunk_by(|(one, _), (other, _)| one[at] == other[at]);
        for part in parts() {
            let (text, _) = &part[0];
            // Texts are sorted: what the first and the last have in common, all have.
            let last = part.last().map_or(&text[..], |(last, _)| last);
            let equal = text[at..].iter().zip(&last[at..]);
            let equal = equal.take_while(|(one, other)| one == other).count();
            let edge = &text[at..at + equal];
            let length = match edge.iter().position(|byte| *byte == INTEGER) {
                Some(0) => 1,
                found => found.unwrap_or(edge.len()),
            };
            let start = self.edges.len();
            self.edges.extend_from_slice(&edge[..length]);
            self.first_bytes.push(edge[0]);
            self.nodes.push(PrefixNode {
                edge: start..self.edges.len(),
                ..PrefixNode::default()
            });
        }
        self.nodes[node].nodes = first..self.nodes.len();
        for (index, part) in (first..).zip(parts()) {
            let length = self.nodes[index].edge.len();
            self.grow(index, part, at + length);
        }
    }

    /// Passes on the numbers whose text a message begins with, and what stands behind it.
    pub(super) fn each_prefix<'m>(
        &self,
        message: &'m [u8],
        found: &mut impl FnMut(usize, &'m [u8]),
    ) {
        if let Some(root) = self.nodes.first() {
            self.follow(root, message, found);
        }
    }

    fn follow<'t, 'm>(
        &'t self,
        mut node: &'t PrefixNode,
        mut message: &'m [u8],
        found: &mut impl FnMut(usize, &'m [u8]),
    ) {
        loop {
            for number in &self.numbers[node.numbers.clone()] {
                found(*number, message);
            }
            let Range { start, end } = node.nodes;
            let bytes = &self.first_bytes[start..end];
            if bytes.first() == Some(&INTEGER)
                && let Some(length) = integer(message)
            {
                self.follow(&self.nodes[start], &message[length..], found);
            }
            let Some(first) = message.first().filter(|first| **first != INTEGER) else {
                return;
            };
            let place = if bytes.len() > FEW {
                memchr::memchr(*first, bytes)
            } else {
                bytes.iter().position(|byte| byte == first)
            };
            let Some(next) = place.map(|place| &self.nodes[start + place]) else {
                return;
            };
            let Some(rest) = behind(message, &self.edges[next.edge.clone()]) else {
                return;
            };
            (node, message) = (next, rest);
        }
    }
}

/// Returns what stands behind the text that a message begins with. As `strip_prefix`, but without
/// a call for texts that are short.
pub(super) fn behind<'m>(message: &'m [u8], text: &[u8]) -> Option<&'m [u8]> {
    /// How many bytes are compared at once.
    const WORD: usize = 8;
    let (start, rest) = message.split_at_checked(text.len())?;
    let (mut ours, mut theirs) = (start.chunks_exact(WORD), text.chunks_exact(WORD));
    let are_equal = |one: &[u8], other: &[u8]| {
        let (one, other) = (one.first_chunk::<WORD>(), other.first_chunk::<WORD>());
        one.map(|it| u64::from_ne_bytes(*it)) == other.map(|it| u64::from_ne_bytes(*it))
    };
    while let (Some(one), Some(other)) = (ours.next(), theirs.next()) {
        if !are_equal(one, other) {
            return None;
        }
    }
    let mut left = ours.remainder().iter().zip(theirs.remainder());
    left.all(|(one, other)| one == other).then_some(rest)
}

/// Returns the length of the integer that a text begins with.
pub(super) fn integer(text: &[u8]) -> Option<usize> {
    let sign = usize::from(text.first() == Some(&b'-'));
    let digits = text[sign..].iter().take_while(|byte| byte.is_ascii_digit());
    let digits = digits.count();
    (digits > 0).then_some(sign + digits)
}

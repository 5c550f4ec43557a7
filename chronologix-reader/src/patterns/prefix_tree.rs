//! Numbers by the bytes of texts, so that those whose text a message begins with are found at once.

use std::ops::Range;

use super::words::{behind, integer};

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

    /// Returns whether no message begins with this text of the tree and with another one.
    pub(super) fn is_alone(&self, text: &[u8]) -> bool {
        self.nodes
            .first()
            .is_none_or(|root| self.meeting(root, text) <= 1)
    }

    /// Returns how many texts behind a node a message can begin with that begins with this text
    /// there. Never too few, but two stand for more.
    fn meeting(&self, node: &PrefixNode, text: &[u8]) -> usize {
        let mut found = node.numbers.len();
        for next in &self.nodes[node.nodes.clone()] {
            if found > 1 {
                break;
            }
            let edge = &self.edges[next.edge.clone()];
            let equal = edge.iter().zip(text);
            let equal = equal.take_while(|(one, other)| one == other).count();
            found += match (edge.get(equal), text.get(equal)) {
                // What the message has there is not known.
                (_, None) => self.meeting(next, &[]),
                (None, Some(_)) => self.meeting(next, &text[equal..]),
                (Some(&INTEGER), Some(byte)) | (Some(byte), Some(&INTEGER))
                    if byte.is_ascii_digit() || *byte == b'-' =>
                {
                    self.meeting(next, &[])
                }
                _ => 0,
            };
        }
        found
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

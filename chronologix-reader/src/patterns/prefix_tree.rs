//! Numbers by the bytes of texts, so that those whose text a message begins with are found at once.

#[cfg(test)]
mod tests;

/// Stands for an integer in a text. No message has this byte.
pub(super) const INTEGER: u8 = 0;

/// A radix tree: a node for each place where texts part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PrefixTree {
    /// What stands between the node before and this one. Of the root it is empty.
    edge: Box<[u8]>,
    /// The numbers whose text ends here.
    numbers: Vec<usize>,
    /// The first bytes of the edges behind.
    bytes: Vec<u8>,
    /// The nodes behind, in the order of `bytes`.
    nodes: Vec<PrefixTree>,
    /// The node behind an integer.
    behind_integer: Option<Box<PrefixTree>>,
}

impl PrefixTree {
    /// Adds a number. In its text, [`INTEGER`] stands for any integer. No digit may follow.
    pub(super) fn add(&mut self, text: &[u8], number: usize) {
        let Some(first) = text.first() else {
            return self.numbers.push(number);
        };
        if *first == INTEGER {
            let node = self.behind_integer.get_or_insert_default();
            return node.add(&text[1..], number);
        }
        if let Some(at) = memchr::memchr(*first, &self.bytes) {
            let node = &mut self.nodes[at];
            let equal = node.edge.iter().zip(text);
            let equal = equal.take_while(|(own, it)| own == it).count();
            if equal < node.edge.len() {
                node.split(equal);
            }
            return node.add(&text[equal..], number);
        }
        let length = memchr::memchr(INTEGER, text).unwrap_or(text.len());
        let mut node = Self {
            edge: text[..length].into(),
            ..Self::default()
        };
        node.add(&text[length..], number);
        self.bytes.push(*first);
        self.nodes.push(node);
    }

    /// Puts a node in front, behind the first bytes of the edge.
    fn split(&mut self, at: usize) {
        let mut behind = std::mem::take(self);
        self.edge = behind.edge[..at].into();
        behind.edge = behind.edge[at..].into();
        self.bytes.push(behind.edge[0]);
        self.nodes.push(behind);
    }

    /// Passes on the numbers whose text a message begins with.
    pub(super) fn each_prefix(&self, mut message: &[u8], found: &mut impl FnMut(usize)) {
        let mut node = self;
        loop {
            node.numbers.iter().for_each(|number| found(*number));
            if let Some(node) = &node.behind_integer
                && let Some(length) = integer(message)
            {
                node.each_prefix(&message[length..], found);
            }
            let Some(first) = message.first() else {
                return;
            };
            let Some(at) = memchr::memchr(*first, &node.bytes) else {
                return;
            };
            let next = &node.nodes[at];
            let Some(rest) = message.strip_prefix(&*next.edge) else {
                return;
            };
            (node, message) = (next, rest);
        }
    }
}

/// Returns the length of the integer that a text begins with.
pub(super) fn integer(text: &[u8]) -> Option<usize> {
    let sign = usize::from(text.first() == Some(&b'-'));
    let digits = text[sign..].iter().take_while(|byte| byte.is_ascii_digit());
    let digits = digits.count();
    (digits > 0).then_some(sign + digits)
}

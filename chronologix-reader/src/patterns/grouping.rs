//! Groups masked messages that are of one statement.
//!
//! Messages are of one statement if their skeletons are equal. Some values are words: names of
//! users, hosts, classes. A place among equal words is taken for that of a value if
//!
//! 1. another message has a masked value there ([`Grouper::join_values`]), or
//! 2. so many different words stand there that they are no closed set
//!    ([`Grouper::join_open_sets`]).
//!
//! The same is tried with two places at once. Comparing messages of equal length, and telling
//! values from words by how many there are, is what Drain (He, Zhu, Zheng, Lyu: "Drain: An Online
//! Log Parsing Approach with Fixed Depth Tree", ICWS 2017) and `IPLoM` (Makanju, Zincir-Heywood,
//! Milios: "Clustering Event Logs Using Iterative Partitioning", KDD 2009) do. Those read line by
//! line and split by the first words. Here all masked messages are known, and few, so that each
//! place is looked at with all others fixed. Neither the order of lines nor a first word that is a
//! value matters.

use std::{cmp::Reverse, collections::HashMap};

use super::skeleton::{Skeleton, WordId, WordKind, Words};

#[cfg(test)]
mod tests;

/// So many different words at one place are never a closed set.
const SURELY_OPEN: usize = 12;

/// So many are none if half of them were seen only once, or if they stand between two prepositions.
const MAYBE_OPEN: usize = 5;

/// Words between two of which a name stands: `for root from`, `by cron at`.
const PREPOSITIONS: [&[u8]; 10] = [
    b"at", b"by", b"for", b"from", b"in", b"of", b"on", b"to", b"via", b"with",
];

/// How often messages are joined again after others were.
const ROUNDS: usize = 8;

/// The most skeletons of which pairs of places are compared.
const MOST_FOR_PAIRS: usize = 5_000;

/// The groups of some masked messages.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    /// The group of each message.
    pub of: Vec<usize>,
    /// What the messages of each group have in common, as a masked message.
    pub patterns: Vec<Vec<u8>>,
}

/// Groups masked messages, given in the order of their bytes, with the number of their records.
pub(crate) fn group<'m>(messages: impl Iterator<Item = (&'m [u8], u64)>) -> Groups {
    let mut grouper = Grouper::default();
    let mut nodes: Vec<usize> = Vec::new();
    for (masked, records) in messages {
        let skeleton = grouper.words.skeleton(masked);
        nodes.push(grouper.add(skeleton, records));
    }
    for _ in 0..ROUNDS {
        if !grouper.join_values() && !grouper.join_open_sets(false) && !grouper.join_open_sets(true)
        {
            break;
        }
    }
    let mut groups = Groups::default();
    let mut known: HashMap<usize, usize> = HashMap::new();
    for node in nodes {
        let root = grouper.root(node);
        let group = *known.entry(root).or_insert_with(|| {
            let shown = &grouper.nodes[root].skeleton.shown;
            groups.patterns.push(grouper.words.text(shown));
            groups.patterns.len() - 1
        });
        groups.of.push(group);
    }
    groups
}

/// Skeletons, some of them joined.
#[derive(Debug, Default)]
struct Grouper {
    words: Words,
    nodes: Vec<Node>,
    /// The node of each skeleton by the words that are compared.
    known: HashMap<Vec<WordId>, usize>,
}

/// A skeleton with its records.
#[derive(Debug)]
struct Node {
    skeleton: Skeleton,
    records: u64,
    /// The node it was joined into. Its own number if it stands for itself.
    into: usize,
}

/// Nodes that are equal but for one or two places.
#[derive(Debug)]
struct NearlyEqual {
    /// The places. The same twice, if there is one.
    places: (usize, usize),
    nodes: Vec<usize>,
}

impl Grouper {
    /// Adds a skeleton, or its records to an equal one.
    fn add(&mut self, skeleton: Skeleton, records: u64) -> usize {
        if let Some(&node) = self.known.get(&skeleton.words) {
            let node = self.root(node);
            self.nodes[node].records += records;
            self.blend(node, &skeleton.shown);
            return node;
        }
        let into = self.nodes.len();
        self.known.insert(skeleton.words.clone(), into);
        self.nodes.push(Node {
            skeleton,
            records,
            into,
        });
        into
    }

    /// Returns the node that a node was joined into.
    fn root(&self, mut node: usize) -> usize {
        while self.nodes[node].into != node {
            node = self.nodes[node].into;
        }
        node
    }

    /// Shows a value of any kind where the words that are shown differ.
    fn blend(&mut self, node: usize, shown: &[WordId]) {
        let skeleton = &self.nodes[node].skeleton;
        let places = 0..skeleton.words.len().min(shown.len());
        let places = places.filter(|place| skeleton.shown[*place] != shown[*place]);
        for place in places.collect::<Vec<_>>() {
            let word = self.nodes[node].skeleton.words[place];
            self.nodes[node].skeleton.shown[place] = word;
        }
    }

    /// Joins messages where one has a masked value and the others, otherwise equal, have words.
    /// Returns whether there were any.
    fn join_values(&mut self) -> bool {
        let can_vary = |words: &Words, word: WordId| !words.word(word).has_key;
        let mut has_joined = false;
        for candidates in self.candidates(1, 2, can_vary) {
            let nodes = self.still_apart(&candidates);
            let place = candidates.places.0;
            let word_of = |node: usize| self.nodes[node].skeleton.words[place];
            let mut values = nodes.iter().map(|node| word_of(*node));
            let Some(value) = values.find(|word| self.words.word(*word).kind == WordKind::Value)
            else {
                continue;
            };
            let is_fixed = |word: WordId| {
                let kind = self.words.word(word).kind;
                matches!(kind, WordKind::Literal | WordKind::Mixed)
            };
            if nodes.len() < 2 || !self.is_mostly(nodes[0], candidates.places, 2, is_fixed) {
                continue;
            }
            self.join(&nodes, candidates.places, (value, value));
            has_joined = true;
        }
        has_joined
    }

    /// Joins messages that are equal but for a place, or two, with many different words. Returns
    /// whether there were any.
    fn join_open_sets(&mut self, has_pairs: bool) -> bool {
        let can_vary = |words: &Words, word: WordId| words.word(word).kind == WordKind::Literal;
        let places = if has_pairs { 2 } else { 1 };
        let mut has_joined = false;
        for candidates in self.candidates(places, MAYBE_OPEN, can_vary) {
            let nodes = self.still_apart(&candidates);
            let seen_once = nodes.iter().filter(|node| self.nodes[**node].records <= 1);
            let (one, other) = candidates.places;
            let is_open = nodes.len() >= SURELY_OPEN
                || nodes.len() >= MAYBE_OPEN
                    && (seen_once.count() * 2 >= nodes.len()
                        || !has_pairs && self.is_between_prepositions(nodes[0], one));
            let varies = |place| !has_pairs || self.distinct(&nodes, place) > 2;
            let is_fixed = |word: WordId| self.words.word(word).kind == WordKind::Literal;
            if !is_open
                || !varies(one)
                || !varies(other)
                || !self.is_mostly(nodes[0], candidates.places, 1, is_fixed)
            {
                continue;
            }
            let first = &self.nodes[nodes[0]].skeleton.words;
            let (at_one, at_other) = (first[one], first[other]);
            let values = (
                self.words.value_like(at_one),
                self.words.value_like(at_other),
            );
            self.join(&nodes, candidates.places, values);
            has_joined = true;
        }
        has_joined
    }

    /// Returns all sets of `least` nodes or more that are equal but for a number of places, where
    /// words stand that can vary. The largest come first.
    fn candidates(
        &self,
        places: usize,
        least: usize,
        can_vary: impl Fn(&Words, WordId) -> bool,
    ) -> Vec<NearlyEqual> {
        let roots = (0..self.nodes.len()).filter(|node| self.nodes[*node].into == *node);
        let roots: Vec<usize> = roots.collect();
        if places > 1 && roots.len() > MOST_FOR_PAIRS {
            return Vec::new();
        }
        let mut found: HashMap<(u64, usize, usize), Vec<usize>> = HashMap::new();
        for root in roots {
            let words = &self.nodes[root].skeleton.words;
            let hashes: Vec<u64> = words.iter().enumerate().map(hash).collect();
            let sum = hashes
                .iter()
                .fold(words.len() as u64, |sum, it| sum.wrapping_add(*it));
            let variable = (0..words.len()).filter(|place| can_vary(&self.words, words[*place]));
            let variable: Vec<usize> = variable.collect();
            for (index, one) in variable.iter().enumerate() {
                let without = sum.wrapping_sub(hashes[*one]);
                if places == 1 {
                    found.entry((without, *one, *one)).or_default().push(root);
                    continue;
                }
                for other in &variable[index + 1..] {
                    let without = without.wrapping_sub(hashes[*other]);
                    found.entry((without, *one, *other)).or_default().push(root);
                }
            }
        }
        let found = found.into_iter().filter(|(_, nodes)| nodes.len() >= least);
        let mut found: Vec<NearlyEqual> = found
            .map(|((_, one, other), nodes)| NearlyEqual {
                places: (one, other),
                nodes,
            })
            .collect();
        found.sort_unstable_by_key(|it| (Reverse(it.nodes.len()), it.nodes[0], it.places));
        found
    }

    /// Returns the candidates that have not been joined into others since, and are equal indeed.
    fn still_apart(&self, candidates: &NearlyEqual) -> Vec<usize> {
        let (one, other) = candidates.places;
        let words = |node: usize| &self.nodes[node].skeleton.words;
        let first = words(candidates.nodes[0]);
        let is_equal = |node: &usize| {
            let own = words(*node);
            let mut places = 0..own.len();
            own.len() == first.len()
                && places.all(|at| at == one || at == other || own[at] == first[at])
        };
        let nodes = candidates.nodes.iter().copied();
        let nodes = nodes.filter(|node| self.nodes[*node].into == *node);
        nodes.filter(is_equal).collect()
    }

    /// Returns whether the words around a place of a message are prepositions.
    fn is_between_prepositions(&self, node: usize, place: usize) -> bool {
        let words = &self.nodes[node].skeleton.words;
        let is_preposition = |word: Option<&WordId>| {
            word.is_some_and(|word| PREPOSITIONS.contains(&&*self.words.word(*word).text))
        };
        let before = place.checked_sub(1).and_then(|before| words.get(before));
        is_preposition(before) && is_preposition(words.get(place + 1))
    }

    /// Returns whether at least two fifths of the words of a message, and at least this many, are
    /// fixed, not counting some places.
    fn is_mostly(
        &self,
        node: usize,
        (one, other): (usize, usize),
        least: usize,
        is_fixed: impl Fn(WordId) -> bool,
    ) -> bool {
        let words = &self.nodes[node].skeleton.words;
        let fixed = words.iter().enumerate();
        let fixed =
            fixed.filter(|(place, word)| *place != one && *place != other && is_fixed(**word));
        let fixed = fixed.count();
        fixed >= least && fixed * 5 >= words.len() * 2
    }

    fn distinct(&self, nodes: &[usize], place: usize) -> usize {
        let words = nodes
            .iter()
            .map(|node| self.nodes[*node].skeleton.words[place]);
        let mut words: Vec<WordId> = words.collect();
        words.sort_unstable();
        words.dedup();
        words.len()
    }

    /// Joins nodes into one that has these values at these places.
    fn join(&mut self, nodes: &[usize], (one, other): (usize, usize), values: (WordId, WordId)) {
        let mut skeleton = self.nodes[nodes[0]].skeleton.clone();
        for (place, value) in [(one, values.0), (other, values.1)] {
            skeleton.words[place] = value;
            let mut shown = nodes
                .iter()
                .map(|node| self.nodes[*node].skeleton.shown[place]);
            let first = shown.next();
            if shown.any(|word| Some(word) != first) {
                skeleton.shown[place] = value;
            }
        }
        let records = nodes.iter().map(|node| self.nodes[*node].records).sum();
        let known = self.known.get(&skeleton.words).map(|node| self.root(*node));
        let is_among = known.is_some_and(|known| nodes.contains(&known));
        let added = if is_among { 0 } else { records };
        let target = self.add(skeleton, added);
        if is_among {
            self.nodes[target].records = records;
        }
        for node in nodes {
            let shown = self.nodes[*node].skeleton.shown.clone();
            self.blend(target, &shown);
            self.nodes[*node].into = target;
        }
    }
}

/// Returns the hash of a word at a place. Sums of such hashes tell whether all words are equal but
/// some.
fn hash((place, word): (usize, &WordId)) -> u64 {
    // The mixer of SplitMix64 (Steele, Lea, Flood 2014).
    let mut hash = (place as u64) << 32 | u64::from(*word);
    hash = hash.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

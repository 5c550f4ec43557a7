//! The statements of a tree, and which of them a message is of.
//!
//! A message is of the statement whose literals it has in their order, from its beginning to its
//! end. If several fit, the one counts by which the most bytes are known: those of its literals,
//! and those of the statements whose messages its arguments are. What messages begin with stands in
//! a tree, so that few statements are compared.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    fmt,
};

use chronologix_schema::{Level, layout::Statement};
use foldhash::fast::FixedState;

use super::{
    prefix_tree::PrefixTree,
    template::{Kinds, Message, Template},
};

#[cfg(test)]
mod tests;

/// How many places are tried to tell statements apart that a message can be of.
const MOST_TRIES: usize = 2_000;

/// How many messages within messages are looked at.
const DEEPEST: usize = 2;

/// The statements of a tree.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// What is shown of each id.
    shown: Vec<ShownStatement>,
    /// The numbers of the ids: their places in `shown`.
    numbers: HashMap<Box<str>, usize, FixedState>,
    known: Vec<Known>,
    /// The statements of each stream.
    streams: HashMap<Box<str>, Beginnings, FixedState>,
    /// All of them: lines of mirrors are those of other streams.
    all: Beginnings,
}

/// A statement as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShownStatement {
    /// Its id.
    pub id: Box<str>,
    /// Its template, with masks in place of arguments.
    pub text: Box<str>,
    /// The file and the line where it stands.
    pub source: SourceLine,
}

/// A place in the source of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLine {
    /// The file, as the compiler names it.
    pub file: Box<str>,
    /// The line, from 1.
    pub line: u32,
}

impl fmt::Display for SourceLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.file, self.line)
    }
}

/// A statement as it is looked for. One id can have several templates, in versions of a program.
#[derive(Debug, PartialEq, Eq)]
struct Known {
    /// The number of its id.
    number: usize,
    template: Template,
    /// How many pieces of the template a message begins with by the trees of beginnings.
    begun: Begun,
    /// The levels of its records, a bit for each.
    levels: u8,
    /// Whether no other statement has messages that begin as its own do.
    is_alone: bool,
}

/// Numbers of pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Begun {
    with_kinds: usize,
    without_kinds: usize,
}

/// Statements by what their messages begin with.
#[derive(Debug, Default, PartialEq, Eq)]
struct Beginnings {
    with_kinds: PrefixTree,
    without_kinds: PrefixTree,
}

/// The statements that messages of one stream are looked up in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StreamStatements<'c> {
    catalogue: &'c Catalogue,
    /// Those of the stream itself.
    own: Option<&'c Beginnings>,
}

/// A statement that a message can be of.
#[derive(Clone, Copy, Debug)]
struct Fit {
    known: usize,
    has_level: bool,
    literal_bytes: usize,
}

impl Catalogue {
    /// Reads a catalogue. Lines that cannot be read are left out.
    pub fn parse(text: &str) -> Self {
        let mut catalogue = Self::default();
        let mut streams: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for line in text.lines() {
            if let Ok(statement) = Statement::from_json(line)
                && let Some(added) = catalogue.add(&statement)
            {
                streams.entry(statement.stream).or_default().push(added);
            }
        }
        let all: Vec<usize> = (0..catalogue.known.len()).collect();
        catalogue.all = Beginnings::of(&catalogue.known, &all);
        for it in &mut catalogue.known {
            let text = it.template.beginning(Kinds::Count).text;
            it.is_alone =
                it.template.literal_bytes() > 0 && catalogue.all.with_kinds.is_alone(&text);
        }
        for (stream, known) in streams {
            let beginnings = Beginnings::of(&catalogue.known, &known);
            catalogue.streams.insert(stream.into(), beginnings);
        }
        catalogue
    }

    /// Adds a statement. Returns its place, if it has no other level of one that is known.
    fn add(&mut self, statement: &Statement) -> Option<usize> {
        let template = Template::of(statement);
        let level = 1 << Level::number(statement.level);
        let shown = ShownStatement {
            id: statement.id.as_str().into(),
            text: template.text().into(),
            source: SourceLine {
                file: statement.file.as_str().into(),
                line: statement.line,
            },
        };
        let number = *self.numbers.entry(shown.id.clone()).or_insert_with(|| {
            self.shown.push(shown.clone());
            self.shown.len() - 1
        });
        self.shown[number] = shown;
        // One id has few forms, and most have one.
        let is_same = |it: &&mut Known| it.number == number && it.template == template;
        if let Some(known) = self.known.iter_mut().find(is_same) {
            known.levels |= level;
            return None;
        }
        self.known.push(Known {
            number,
            begun: Begun {
                with_kinds: template.beginning(Kinds::Count).pieces,
                without_kinds: template.beginning(Kinds::Ignored).pieces,
            },
            template,
            levels: level,
            is_alone: false,
        });
        Some(self.known.len() - 1)
    }

    /// Returns whether there are no statements.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Returns what is shown of the statement with a number.
    pub(crate) fn shown(&self, number: usize) -> &ShownStatement {
        &self.shown[number]
    }

    /// Returns the file and the line of the statement with an id.
    pub fn place(&self, id: &str) -> Option<&SourceLine> {
        Some(&self.shown[self.number_of_id(id)?].source)
    }

    /// Returns the number of the statement with an id.
    pub(super) fn number_of_id(&self, id: &str) -> Option<usize> {
        self.numbers.get(id).copied()
    }

    /// Returns the numbers of the statements that are shown as this text.
    pub(super) fn numbers_of_text<'a>(&'a self, text: &'a str) -> impl Iterator<Item = usize> {
        let shown = self.shown.iter().enumerate();
        shown.filter_map(move |(number, shown)| (*shown.text == *text).then_some(number))
    }

    /// Returns how many statements are shown as this text.
    pub fn statements_with(&self, text: &str) -> usize {
        self.numbers_of_text(text).count()
    }

    /// Returns the statements that messages of a stream are looked up in.
    pub(crate) fn of_stream(&self, stream: &str) -> StreamStatements<'_> {
        StreamStatements {
            catalogue: self,
            own: self.streams.get(stream),
        }
    }

    /// Returns the number of the statement that a message of a stream is of, with its fields.
    ///
    /// A line without a level can be of any.
    pub(crate) fn number_of(
        &self,
        stream: &str,
        level: Option<Level>,
        message: &str,
    ) -> Option<usize> {
        self.of_stream(stream).number_of(level, message.as_bytes())
    }

    /// Returns the statement that a message is of. Those of its level come first, and of these the
    /// one by which the most of the message is known.
    fn best(
        &self,
        beginnings: &Beginnings,
        message: Message<'_>,
        levels: u8,
        kinds: Kinds,
    ) -> Option<Fit> {
        let mut best: Option<Fit> = None;
        let mut rivals: Vec<Fit> = Vec::new();
        beginnings.each(message.text, kinds, |known, rest| {
            let it = &self.known[known];
            let begun = match kinds {
                Kinds::Count => it.begun.with_kinds,
                Kinds::Ignored => it.begun.without_kinds,
            };
            let found = Fit {
                known,
                has_level: it.levels & levels != 0,
                literal_bytes: it.template.literal_bytes(),
            };
            if best.is_some_and(|best| best.has_level && !found.has_level)
                || !it.template.fits_behind(begun, rest, message, kinds)
            {
                return;
            }
            let is_better = best.is_none_or(|best| found.is_above(&best));
            let rival = if is_better {
                best.replace(found)
            } else {
                Some(found)
            };
            rivals.extend(rival);
        });
        let best = best?;
        let template = |found: &Fit| &self.known[found.known].template;
        rivals.retain(|rival| {
            rival.has_level == best.has_level
                && template(rival) != template(&best)
                // What fits every message is worse than any other, whatever its arguments are.
                && (rival.literal_bytes > 0) == (best.literal_bytes > 0)
        });
        if rivals.is_empty() {
            return Some(best);
        }
        let mut tries = MOST_TRIES;
        let known_bytes = |found: &Fit, tries: &mut usize| {
            self.known_bytes(found.known, message, kinds, 0, tries)
        };
        let mut most = (best, known_bytes(&best, &mut tries));
        for rival in rivals {
            let bytes = known_bytes(&rival, &mut tries);
            if bytes > most.1 || bytes == most.1 && rival.is_above(&most.0) {
                most = (rival, bytes);
            }
        }
        Some(most.0)
    }

    /// Returns how many bytes of a message are known if it is of a statement: those of its
    /// literals, and of the literals of the statements that its arguments are messages of.
    fn known_bytes(
        &self,
        known: usize,
        message: Message<'_>,
        kinds: Kinds,
        depth: usize,
        tries: &mut usize,
    ) -> usize {
        let of_argument = |argument: &[u8], tries: &mut usize| {
            let message = Message::of(argument);
            let mut most = 0;
            if depth == DEEPEST {
                return most;
            }
            self.all.each(argument, Kinds::Count, |known, _| {
                let template = &self.known[known].template;
                *tries = tries.saturating_sub(1);
                if *tries > 0 && template.literal_bytes() > 0 && template.fits(message, kinds) {
                    let bytes = self.known_bytes(known, message, Kinds::Count, depth + 1, tries);
                    most = most.max(bytes);
                }
            });
            most
        };
        let template = &self.known[known].template;
        template.known_bytes(message, kinds, tries, &of_argument)
    }
}

impl StreamStatements<'_> {
    /// Returns whether there are no statements.
    pub(super) fn are_none(&self) -> bool {
        self.catalogue.is_empty()
    }

    /// Returns the number of the statement at a place.
    pub(super) fn number(&self, known: usize) -> usize {
        self.catalogue.known[known].number
    }

    /// Returns the number of the statement that a message is of, with its fields.
    ///
    /// A line without a level can be of any.
    pub(crate) fn number_of(&self, level: Option<Level>, message: &[u8]) -> Option<usize> {
        if self.are_none() {
            return None;
        }
        let message = Message::of(message);
        if let Some(number) = self.of_last_field(message) {
            return Some(number);
        }
        Some(self.number(self.find(level, message)?))
    }

    /// Returns the number of the id that a message ends with. A stream can write it as the last
    /// field.
    pub(super) fn of_last_field(&self, message: Message<'_>) -> Option<usize> {
        let (before, id) = message.text.split_at(message.last_equals?);
        if !before.ends_with(b" id") {
            return None;
        }
        self.catalogue.number_of_id(str::from_utf8(&id[1..]).ok()?)
    }

    /// Returns the number of the statement at a place that was found before, if it is the only one
    /// that the message can be of.
    pub(super) fn number_if_alone(
        &self,
        known: usize,
        level: Option<Level>,
        message: Message<'_>,
    ) -> Option<usize> {
        let it = &self.catalogue.known[known];
        let is_found =
            it.is_alone && it.levels & levels(level) != 0 && it.template.fits_at_once(message.text);
        is_found.then_some(it.number)
    }

    /// Returns the place of the statement that a message is of.
    pub(super) fn find(&self, level: Option<Level>, message: Message<'_>) -> Option<usize> {
        let mut fallback: Option<Fit> = None;
        for kinds in [Kinds::Count, Kinds::Ignored] {
            for beginnings in self.own.into_iter().chain([&self.catalogue.all]) {
                let levels = levels(level);
                let found = self.catalogue.best(beginnings, message, levels, kinds);
                if let Some(found) = found.filter(Fit::is_certain) {
                    return Some(found.known);
                }
                let better = |found: &Fit| fallback.is_none_or(|it| found.is_above(&it));
                fallback = found.filter(better).or(fallback);
            }
            // What fits every message is worse than any other.
            if let Some(found) = fallback.filter(|found| found.literal_bytes > 0) {
                return Some(found.known);
            }
        }
        fallback.map(|found| found.known)
    }
}

/// Returns the levels that a statement can have whose record has this one, a bit for each.
fn levels(level: Option<Level>) -> u8 {
    level.map_or(u8::MAX, |level| 1 << Level::number(Some(level)))
}

impl Beginnings {
    /// Returns the beginnings of some statements.
    fn of(known: &[Known], some: &[usize]) -> Self {
        let tree = |kinds: Kinds| {
            let text = |it: &usize| (known[*it].template.beginning(kinds).text, *it);
            PrefixTree::of(some.iter().map(text).collect())
        };
        Self {
            with_kinds: tree(Kinds::Count),
            without_kinds: tree(Kinds::Ignored),
        }
    }

    /// Passes on the statements whose beginning a message has, and what stands behind it.
    fn each<'m>(&self, message: &'m [u8], kinds: Kinds, mut found: impl FnMut(usize, &'m [u8])) {
        let tree = match kinds {
            Kinds::Count => &self.with_kinds,
            Kinds::Ignored => &self.without_kinds,
        };
        tree.each_prefix(message, &mut found);
    }
}

impl Fit {
    /// Returns whether no other stream can have a better one.
    fn is_certain(&self) -> bool {
        self.has_level && self.literal_bytes > 0
    }

    fn is_above(&self, other: &Self) -> bool {
        // Of equal ones, the first in the catalogue counts.
        let rank = |it: &Self| (it.has_level, it.literal_bytes, Reverse(it.known));
        rank(self) > rank(other)
    }
}

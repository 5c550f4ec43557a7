//! The streams of a settings file and their mirrors, brought together.

use std::{collections::HashMap, ops::Range};

use super::{
    Stream, amounts,
    document::Document,
    keys::STREAMS,
    nearest, rules,
    words::{DEDUP, FILE},
};

/// As many streams as an index of two bytes tells apart.
const MOST_STREAMS: usize = 1 << 16;

/// Streams and mirrors as they were found.
#[derive(Default)]
pub(super) struct Found {
    /// Where the streams begin; nowhere if there are none.
    begin: Option<Range<usize>>,
    streams: Vec<FoundStream>,
    pub(super) mirrors: Vec<Mirror>,
    /// The file says something of mirrors.
    pub(super) has_mirrors: bool,
    /// Files are compressed once their folder is closed.
    pub(super) are_packed: bool,
}

struct FoundStream {
    name: Name,
    options: Vec<(&'static str, String, Range<usize>)>,
}

/// A name, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

/// A mirror, and the key that says so.
pub(super) struct Mirror {
    pub(super) from: Name,
    pub(super) to: Name,
    pub(super) path: String,
}

impl Name {
    pub(super) fn of(text: &str, span: Range<usize>) -> Self {
        Self {
            text: text.to_owned(),
            span,
        }
    }
}

impl Found {
    pub(super) fn begin(&mut self, span: Range<usize>) {
        self.begin = Some(span);
    }

    /// Whether there is a stream of this very name.
    pub(super) fn has(&self, name: &Name) -> bool {
        self.streams
            .iter()
            .any(|stream| stream.name.text == name.text)
    }

    pub(super) fn add(&mut self, name: Name) {
        self.streams.push(FoundStream {
            name,
            options: Vec::new(),
        });
    }

    /// An option of the stream that was added last.
    pub(super) fn option(&mut self, option: &'static str, text: String, span: Range<usize>) {
        if let Some(stream) = self.streams.last_mut() {
            stream.options.push((option, text, span));
        }
    }

    /// Applies the rules, and gives the streams as far as they make sense.
    pub(super) fn check(mut self, document: &mut Document<'_>) -> Vec<Stream> {
        match &self.begin {
            Some(begin) => self.check_count(begin.clone(), document),
            None => self.add_default(),
        }
        let good = self.check_names(document);
        self.check_files(&good, document);
        self.check_dedup(document);
        self.check_packed(document);
        let streams = self.streams.iter().map(|stream| stream.stream(document));
        let mut streams = streams.collect::<Vec<_>>();
        self.connect(&mut streams, document);
        streams
    }

    /// Without streams they are those of the default, with its mirror unless the file has others.
    fn add_default(&mut self) {
        for name in ["all", "errors"] {
            self.add(Name::of(name, 0..0));
        }
        if !self.has_mirrors {
            let [from, to] = ["errors", "all"].map(|name| Name::of(name, 0..0));
            let path = String::new();
            self.mirrors.push(Mirror { from, to, path });
        }
    }

    fn check_count(&self, begin: Range<usize>, document: &mut Document<'_>) {
        let count = self.streams.len();
        let why = if count == 0 {
            "the list of streams is empty; name at least one stream".to_owned()
        } else if count > MOST_STREAMS {
            format!("{count} streams; allowed: 1 to {MOST_STREAMS}")
        } else {
            return;
        };
        document.add(begin, STREAMS.to_owned(), why);
    }

    /// Gives the streams whose names can be those of streams.
    fn check_names(&self, document: &mut Document<'_>) -> Vec<&FoundStream> {
        let mut names = HashMap::new();
        let mut good = Vec::new();
        for stream in &self.streams {
            let Name { text, span } = &stream.name;
            let twice = |first: &str| twice(text, first);
            let fault = match rules::name(text) {
                Ok(()) => names
                    .insert(text.to_ascii_lowercase(), text.as_str())
                    .map(twice),
                Err(fault) => Some(fault),
            };
            match fault {
                Some(why) => document.add(span.clone(), STREAMS.to_owned(), why),
                None => good.push(stream),
            }
        }
        good
    }

    /// No two streams share a file.
    fn check_files(&self, good: &[&FoundStream], document: &mut Document<'_>) {
        let mut files = HashMap::new();
        for stream in good {
            let (file, span) = stream.file();
            let shared = |first: &FoundStream| {
                let first = &first.name.text;
                format!(
                    "{file:?} is the file of stream {first:?} already; to bring two streams together, mirror one into the other"
                )
            };
            let fault = match rules::file(&file) {
                Ok(()) => files.insert(file.to_ascii_lowercase(), *stream).map(shared),
                Err(fault) => Some(fault),
            };
            if let Some(why) = fault {
                document.add(span, stream.path_of(FILE), why);
            }
        }
        for stream in &self.streams {
            let Some((_, file, span)) = stream.option(FILE) else {
                continue;
            };
            let plain = rules::without_number(&file.to_ascii_lowercase());
            if let Some(owner) = plain.and_then(|plain| files.get(&plain)) {
                let owner = &owner.name.text;
                let why = format!(
                    "{file:?} is a name the writer may need for stream {owner:?}, which goes on in numbered files; choose another"
                );
                document.add(span.clone(), stream.path_of(FILE), why);
            }
        }
    }

    /// Who is promised that a record is on disk must find it there, and not a number.
    fn check_dedup(&self, document: &mut Document<'_>) {
        for stream in &self.streams {
            let durability = stream.option("durability");
            let durability = durability.map_or("queued", |(_, word, _)| word);
            let Some((_, period, span)) = stream.option(DEDUP) else {
                continue;
            };
            if let (true, Some(period)) = (durability != "queued", amounts::in_largest_unit(period))
            {
                let why = format!(
                    "{period} beside durability {durability}: what is only counted is not on disk; allowed: dedup with durability queued"
                );
                document.add(span.clone(), stream.path_of(DEDUP), why);
            }
        }
    }

    /// No file has a name that those have which were compressed.
    fn check_packed(&self, document: &mut Document<'_>) {
        let files = self.streams.iter();
        let files = files.filter_map(|stream| Some((stream, stream.option(FILE)?)));
        for (stream, (_, file, span)) in files.filter(|_| self.are_packed) {
            if rules::looks_packed(file) {
                let why = format!(
                    "{file:?} has the name of a compressed file, and closed folders are compressed; choose another"
                );
                document.add(span.clone(), stream.path_of(FILE), why);
            }
        }
    }

    /// Gives each stream its targets.
    fn connect(&self, streams: &mut [Stream], document: &mut Document<'_>) {
        for Mirror { from, to, path } in &self.mirrors {
            let place = |name: &Name| streams.iter().position(|stream| stream.name == name.text);
            let (source, target) = (place(from), place(to));
            for (name, place) in [(from, source), (to, target)] {
                if place.is_none() {
                    let why = unknown_stream(&name.text, streams);
                    document.add(name.span.clone(), path.clone(), why);
                }
            }
            let (Some(source), Some(target)) = (source, target) else {
                continue;
            };
            if source == target {
                let name = &from.text;
                let why = format!("{name:?} is mirrored into itself; a mirror needs two streams");
                document.add(from.span.clone(), path.clone(), why);
            } else if !streams[source].targets.contains(&target) {
                streams[source].targets.push(target);
            }
        }
    }
}

/// What is wrong with a name that was there before.
pub(super) fn twice(name: &str, first: &str) -> String {
    format!("{name:?} is declared twice (as {first:?} before); names must differ in more than case")
}

fn unknown_stream(name: &str, streams: &[Stream]) -> String {
    let known = streams.iter().map(|stream| stream.name.as_str());
    let meant = match nearest(name, known.clone()) {
        Some(meant) => format!("did you mean {meant}? "),
        None => String::new(),
    };
    let known = known.collect::<Vec<_>>().join(", ");
    format!("there is no stream {name:?}; {meant}the streams are {known}")
}

impl FoundStream {
    /// One of its options, if it is given, and where its value stands.
    fn option(&self, name: &str) -> Option<&(&'static str, String, Range<usize>)> {
        self.options.iter().find(|(option, ..)| *option == name)
    }

    /// The name of its file, and where that stands.
    fn file(&self) -> (String, Range<usize>) {
        match self.option(FILE) {
            Some((_, file, span)) => (file.clone(), span.clone()),
            None => (format!("{}.log", self.name.text), self.name.span.clone()),
        }
    }

    fn path_of(&self, option: &str) -> String {
        format!("{STREAMS}.{}.{option}", self.name.text)
    }

    fn stream(&self, document: &Document<'_>) -> Stream {
        let options = self.options.iter();
        let options = options.map(|(option, text, _)| (*option, text.clone()));
        Stream {
            name: self.name.text.clone(),
            options: options.collect(),
            targets: Vec::new(),
            place: document.place(self.name.span.start),
        }
    }
}

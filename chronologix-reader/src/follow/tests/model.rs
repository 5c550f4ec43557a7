//! Random programs that log, end and go on, against what a follower returns of them.
//!
//! The model writes as the writer does: batches of lines, each file once, a stream before its
//! mirrors. It may end between two files. Folders are rolled over, compressed and packed, files get
//! numbers, and records come late to what was compressed or packed. The follower looks in between,
//! takes so many records, and goes on by its cursor.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use chrono::TimeDelta;
use proptest::prelude::*;

use super::Tree;

/// `errors -> app`, `stacks -> (errors, app)`, `app -> all`: mirrors of mirrors, which are copied
/// once.
const STREAMS: &str = r#"
    {"name": "all", "file": "all.log", "format": "text", "mirror": []},
    {"name": "app", "file": "app.log", "format": "text", "mirror": ["all"]},
    {"name": "errors", "file": "errors.log", "format": "text", "mirror": ["app"]},
    {"name": "stacks", "file": "stacks.log", "format": "text", "mirror": ["errors", "app"]},
    {"name": "audit", "file": "audit.log", "format": "text", "mirror": []}"#;

/// The streams in the order in which they are written, with their mirrors.
const ORDER: [(&str, &[&str]); 5] = [
    ("stacks", &["errors", "app"]),
    ("errors", &["app"]),
    ("app", &["all"]),
    ("all", &[]),
    ("audit", &[]),
];

#[derive(Clone, Debug)]
enum Move {
    /// Logs records of these streams, some with equal texts, and writes them. With an end, only so
    /// many files are written, and the rest is lost with the process.
    Batch(Vec<(usize, u8)>, Option<usize>),
    /// Writes the beginning of a line, which the next batch ends or completes.
    Tear(usize),
    NextSecond,
    NextFolder,
    NextFile(usize),
    /// Takes at most so many records.
    Read(usize),
    /// Ends the follower, and goes on with what it kept.
    Restart,
    Compress,
    Pack,
    /// Logs records of these streams to the folder before, if that was compressed or packed.
    Late(Vec<usize>),
    /// Lets minutes go by, so that the folder before is finished.
    Wait,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let records = prop::collection::vec((0..5_usize, 0..3_u8), 1..12);
    let one = prop_oneof![
        6 => (records, prop::option::weighted(0.1, 0..4_usize))
            .prop_map(|(records, end)| Move::Batch(records, end)),
        1 => (0..5_usize).prop_map(Move::Tear),
        2 => Just(Move::NextSecond),
        1 => Just(Move::NextFolder),
        1 => (0..5_usize).prop_map(Move::NextFile),
        5 => (1..20_usize).prop_map(Move::Read),
        3 => Just(Move::Restart),
        1 => Just(Move::Compress),
        1 => Just(Move::Pack),
        2 => prop::collection::vec(0..5_usize, 1..4).prop_map(Move::Late),
        1 => Just(Move::Wait),
    ];
    prop::collection::vec(one, 1..60)
}

/// What was written.
struct Model {
    hour: u32,
    second: u32,
    /// The number of the file of each stream in the folder.
    numbers: BTreeMap<usize, u32>,
    /// The texts of each stream, in order, as they are to be returned.
    written: BTreeMap<&'static str, Vec<String>>,
    returned: BTreeMap<String, Vec<String>>,
    torn: BTreeSet<usize>,
    packed: BTreeSet<u32>,
    compressed: BTreeSet<u32>,
    /// Whether late records were not read.
    has_late: bool,
    count: u32,
}

impl Model {
    fn folder(hour: u32) -> String {
        format!("2025-05-04__{hour:02}-00")
    }

    fn file(&self, stream: usize) -> String {
        let name = ORDER[stream].0;
        let number = self.numbers.get(&stream).copied().unwrap_or(0);
        let folder = Self::folder(self.hour);
        match number {
            0 => format!("{folder}/{name}.log"),
            number => format!("{folder}/{name}.{number}.log"),
        }
    }

    fn batch(&mut self, tree: &Tree, records: &[(usize, u8)], end: Option<usize>) {
        // A process that ends has a second of its own. A lost copy could be any equal line.
        self.second += u32::from(end.is_some());
        let mut buffers: BTreeMap<usize, String> = BTreeMap::new();
        let mut texts: Vec<(usize, String)> = Vec::new();
        for (stream, kind) in records {
            // Some texts come again within a second, in the same stream and in others.
            let text = if *kind == 0 {
                "again".to_owned()
            } else {
                self.count += 1;
                format!("n{}", self.count)
            };
            let line = format!(
                "[{:02}:{:02}:{:02}] {text}\n",
                self.hour,
                self.second / 60,
                self.second % 60
            );
            let (_, mirrors) = ORDER[*stream];
            for (at, (name, _)) in ORDER.iter().enumerate() {
                if at == *stream || mirrors.contains(name) {
                    buffers.entry(at).or_default().push_str(&line);
                }
            }
            texts.push((*stream, text));
        }
        let files = buffers.len();
        let written = end.unwrap_or(files).min(files);
        let mut whole = BTreeSet::new();
        for (stream, text) in buffers.into_iter().take(written) {
            let before = if self.torn.remove(&stream) { "\n" } else { "" };
            tree.add(&self.file(stream), &format!("{before}{text}"));
            whole.insert(stream);
        }
        self.second += u32::from(end.is_some());
        for (stream, text) in texts {
            // What the file of the stream has counts, also if its copies were lost.
            if whole.contains(&stream) {
                self.written.entry(ORDER[stream].0).or_default().push(text);
            }
        }
    }

    fn read(&mut self, tree: &mut Tree, most: usize) {
        tree.follower.pace.forget_look();
        let batch = tree
            .follower
            .next_batch(most, std::time::Duration::ZERO)
            .unwrap();
        for record in batch {
            // The rests of lines that were torn have no time, and are no records of the model.
            if record.time().is_some() {
                let texts = self.returned.entry(record.stream().to_owned()).or_default();
                texts.push(record.message());
            }
        }
    }

    /// Compresses the files of a folder that is not written any more.
    fn compress(&mut self, tree: &Tree) {
        let hour = self.hour.saturating_sub(1);
        if tree.path(&Self::folder(hour)).is_dir() {
            self.compressed.insert(hour);
        }
        let Ok(files) = fs::read_dir(tree.path(&Self::folder(hour))) else {
            return;
        };
        for file in files.map(|file| file.unwrap().path()) {
            if hour < self.hour && file.extension().is_some_and(|it| it == "log") {
                let bytes = fs::read(&file).unwrap();
                let packed = zstd::encode_all(&bytes[..], 1).unwrap();
                let archive = format!("{}.zst", file.display());
                // A late file stays beside the compressed one.
                if !fs::exists(&archive).unwrap() {
                    fs::write(archive, packed).unwrap();
                    fs::remove_file(file).unwrap();
                }
            }
        }
    }

    /// Writes late records as the writer does, which does not know what was compressed.
    fn late(&mut self, tree: &Tree, streams: &[usize]) {
        let hour = self.hour - 1;
        if !self.compressed.contains(&hour) && !self.packed.contains(&hour) {
            return;
        }
        for stream in streams {
            self.count += 1;
            let text = format!("late{hour}_{}", self.count);
            let line = format!("[{hour:02}:59:59] {text}\n");
            let (name, mirrors) = ORDER[*stream];
            for name in [name].iter().chain(mirrors) {
                tree.add(&format!("{}/{name}.log", Self::folder(hour)), &line);
            }
            self.written.entry(name).or_default().push(text);
        }
        self.has_late = true;
    }

    /// Reads all late records, as there is time for before a folder is packed.
    fn read_late(&mut self, tree: &mut Tree) {
        if std::mem::take(&mut self.has_late) {
            tree.follower.checked = None;
            for _ in 0..50 {
                self.read(tree, 50);
            }
        }
    }

    /// Packs a folder that is not written any more.
    fn pack(&mut self, tree: &Tree) {
        let hour = self.hour.saturating_sub(1);
        let folder = Self::folder(hour);
        if hour == self.hour || !tree.path(&folder).is_dir() || !self.packed.insert(hour) {
            return;
        }
        let archive = fs::File::create(tree.path(&format!("{folder}.tar.zst"))).unwrap();
        let packed = zstd::Encoder::new(archive, 1).unwrap().auto_finish();
        let mut archive = tar::Builder::new(packed);
        archive.append_dir_all(&folder, tree.path(&folder)).unwrap();
        drop(archive.into_inner().unwrap());
        fs::remove_dir_all(tree.path(&folder)).unwrap();
    }
}

/// Runs a program, and compares what came of it. Which of two equal lines is the copy is not
/// known, so only their number counts.
fn check(moves: &[Move]) {
    let mut tree = Tree::of(STREAMS);
    let mut model = Model {
        hour: 10,
        second: 0,
        numbers: BTreeMap::new(),
        written: BTreeMap::new(),
        returned: BTreeMap::new(),
        torn: BTreeSet::new(),
        packed: BTreeSet::new(),
        compressed: BTreeSet::new(),
        has_late: false,
        count: 0,
    };
    for step in moves {
        match step {
            Move::Batch(records, end) => model.batch(&tree, records, *end),
            Move::Tear(stream) => {
                if model.torn.insert(*stream) {
                    tree.add(&model.file(*stream), "[torn");
                }
            }
            Move::NextSecond => model.second += 1,
            Move::NextFolder => {
                model.hour = (model.hour + 1).min(23);
                model.second = 0;
                model.numbers.clear();
                model.torn.clear();
            }
            // No number is left out.
            Move::NextFile(stream) if tree.path(&model.file(*stream)).exists() => {
                *model.numbers.entry(*stream).or_default() += 1;
                model.torn.remove(stream);
            }
            Move::NextFile(_) => {}
            Move::Read(most) => model.read(&mut tree, *most),
            Move::Restart => tree.restart(),
            Move::Compress => model.compress(&tree),
            Move::Pack => {
                model.read_late(&mut tree);
                model.pack(&tree);
            }
            Move::Late(streams) => model.late(&tree, streams),
            Move::Wait => tree.wait(TimeDelta::minutes(3)),
        }
    }
    for _ in 0..3 {
        tree.wait(TimeDelta::minutes(3));
        for _ in 0..50 {
            model.read(&mut tree, 50);
        }
    }
    for (stream, written) in &model.written {
        let returned = model.returned.get(*stream).cloned().unwrap_or_default();
        let in_order = |texts: &[String]| -> Vec<String> {
            let different = texts.iter().filter(|text| *text != "again");
            let mut texts: Vec<String> = different.cloned().collect();
            // Late records are read before or after those of the next folders.
            texts.sort_by_key(|text| text.split_once('_').map(|(hour, _)| hour.to_owned()));
            texts
        };
        assert_eq!(in_order(&returned), in_order(written), "{stream}");
        assert_eq!(returned.len(), written.len(), "{stream}");
    }
    let written: usize = model.written.values().map(Vec::len).sum();
    let returned: usize = model.returned.values().map(Vec::len).sum();
    assert_eq!(returned, written);
    assert!(tree.follower.is_caught_up());
    assert_eq!(tree.follower.take_incidents(), []);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn each_record_is_returned_once_in_the_order_of_its_stream(moves in moves()) {
        check(&moves);
    }
}

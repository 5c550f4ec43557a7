//! Exports of a real tree.

use std::{
    fmt::Write as _,
    fs,
    sync::{Mutex, PoisonError},
};

use chronologix_schema::layout::Folder;

use super::*;
use crate::{
    query::{Case, Filter, FilterRule, LineRegex, RecordRange},
    streams::StreamNames,
};

/// A file that is kept in memory.
#[derive(Clone, Default)]
struct File(Arc<Mutex<Vec<u8>>>);

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file on a full disk.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("no space left"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Three hours with a record of two lines each minute.
fn tree() -> (tempfile::TempDir, Tree) {
    let dir = tempfile::tempdir().unwrap();
    for hour in 10..13 {
        let folder = dir.path().join(format!("2025-05-04__{hour}-00"));
        fs::create_dir(&folder).unwrap();
        let mut text = String::new();
        for minute in 0..60 {
            let _ = writeln!(
                text,
                "[{hour}:{minute:02}:00] record {minute}\n\tmore of {minute}"
            );
        }
        fs::write(folder.join("app.log"), text).unwrap();
    }
    let mut tree = Tree::new(dir.path().to_owned(), 1 << 20, StreamNames::default());
    tree.refresh(DateTime::UNIX_EPOCH).unwrap();
    (dir, tree)
}

fn view(pattern: &str) -> View {
    let rule = FilterRule::new(LineRegex::new(pattern, Case::Smart).unwrap(), true);
    View {
        streams: None,
        filter: Filter::new(None, vec![rule]),
    }
}

/// Takes the records of a range. Returns the result, and what was written to a file.
fn take(tree: &mut Tree, range: &RecordRange, to: &Destination) -> (Taken, String) {
    let file = File::default();
    let written = file.clone();
    let create = CreateFile(Arc::new(move |_| Ok(Box::new(file.clone()))));
    let now = DateTime::UNIX_EPOCH;
    let mut export = Export::new(QueryId(1), range, to, &create, tree, now).unwrap();
    let taken = loop {
        if let Some(Answer::Taken(taken)) = export.step(tree, now)
            && taken.is_complete
        {
            break taken;
        }
    };
    let bytes = written
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    (taken, String::from_utf8(bytes).unwrap())
}

#[test]
fn the_whole_tree_or_what_a_filter_keeps_is_written() {
    let (_dir, mut tree) = tree();
    let to = Destination::File("out.txt".into());
    let mut range = RecordRange {
        view: View::default(),
        context: 0,
        keys: None,
    };
    let (taken, text) = take(&mut tree, &range, &to);
    assert_eq!((taken.records, text.lines().count()), (180, 360));
    assert!(text.ends_with("[12:59:00] record 59\n\tmore of 59\n"));
    range.view = view("of 17$");
    let (taken, text) = take(&mut tree, &range, &to);
    assert_eq!((taken.records, text.lines().count()), (3, 6));
    assert!(text.starts_with("[10:17:00] record 17\n\tmore of 17\n"));
    range.context = 1;
    assert_eq!(
        take(&mut tree, &range, &to).1.lines().count(),
        12,
        "one line on each side"
    );
}

#[test]
fn a_range_ends_with_the_lines_of_its_last_record() {
    let (_dir, mut tree) = tree();
    let key = |tree: &mut Tree, hour: u32, minute: u32| {
        let name = format!("2025-05-04__{hour}-00");
        let from = Key {
            instant: format!("2025-05-04T{hour}:{minute:02}:00Z")
                .parse()
                .unwrap(),
            stream: crate::streams::StreamId(0),
            sequence: 0,
            ..Key::first_of(Folder::parse(&name).unwrap())
        };
        let now = DateTime::UNIX_EPOCH;
        edge(
            tree,
            &View::default(),
            Place::Row(from),
            Direction::Newer,
            now,
        )
        .unwrap()
    };
    let keys = Some((key(&mut tree, 10, 58), key(&mut tree, 12, 1)));
    let mut range = RecordRange {
        view: View::default(),
        context: 0,
        keys,
    };
    let (taken, text) = take(&mut tree, &range, &Destination::File("out.txt".into()));
    assert_eq!((taken.records, text.lines().count()), (64, 128));
    assert!(text.starts_with("[10:58:00] record 58\n") && text.ends_with("\tmore of 1\n"));
    let (taken, _) = take(&mut tree, &range, &Destination::Nowhere);
    assert_eq!(taken.records, 64, "counted");
    range.keys = keys.map(|(first, _)| (first, first));
    let (taken, _) = take(&mut tree, &range, &Destination::Clipboard);
    let text = "[10:58:00] record 58\n\tmore of 58";
    assert_eq!((taken.records, taken.text.as_deref()), (1, Some(text)));
}

#[test]
fn a_file_that_cannot_be_made_or_written_is_a_problem() {
    let (_dir, mut tree) = tree();
    let range = RecordRange {
        view: View::default(),
        context: 0,
        keys: None,
    };
    let to = Destination::File("out.txt".into());
    let now = DateTime::UNIX_EPOCH;
    let create = CreateFile(Arc::new(|_| Err("file exists".to_owned())));
    let refused = Export::new(QueryId(1), &range, &to, &create, &mut tree, now);
    assert_eq!(refused.err().as_deref(), Some("file exists"));
    let create = CreateFile(Arc::new(|_| Ok(Box::new(Full))));
    let mut export = Export::new(QueryId(1), &range, &to, &create, &mut tree, now).unwrap();
    let taken = loop {
        if let Some(Answer::Taken(taken)) = export.step(&mut tree, now) {
            break taken;
        }
    };
    assert_eq!(taken.problem.as_deref(), Some("no space left"));
    assert!(taken.is_complete);
}

#[test]
fn what_does_not_fit_the_clipboard_is_not_copied() {
    let (dir, mut tree) = tree();
    let long = format!("[12:59:30] {}\n", "x".repeat(70_000));
    fs::write(dir.path().join("2025-05-04__12-00/long.log"), long).unwrap();
    let range = RecordRange {
        view: view("xxx"),
        context: 0,
        keys: None,
    };
    let (taken, _) = take(&mut tree, &range, &Destination::Clipboard);
    assert_eq!((taken.text, taken.is_complete), (None, true));
    let (taken, text) = take(&mut tree, &range, &Destination::File("out.txt".into()));
    assert_eq!((taken.records, text.len()), (1, 70_012));
}

//! Named pipes.

#![cfg(unix)]

use std::{fs::OpenOptions, io::Write as _, sync::mpsc};

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::{super::read_at, *};

fn pipe(dir: &tempfile::TempDir, name: &str) -> PathBuf {
    let path = dir.path().join(name);
    mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    path
}

fn content(path: &Path) -> String {
    let file = open(path).unwrap().unwrap();
    let mut text = vec![0; 100];
    let length = read_at(&file, &mut text, 0).unwrap();
    text.truncate(length);
    String::from_utf8(text).unwrap()
}

#[test]
fn what_comes_out_of_a_pipe_is_there_as_it_comes() {
    let dir = tempfile::tempdir().unwrap();
    let path = pipe(&dir, "pipe.log");
    assert!(is_needed(&path));
    let (waker, woken) = mpsc::sync_channel(1);
    wake_on_growth(waker);
    start(&path).unwrap();
    start(&path).unwrap();
    let mut writer = OpenOptions::new().write(true).open(&path).unwrap();
    writer.write_all(b"one\n").unwrap();
    while content(&path) != "one\n" {
        woken.recv().unwrap();
    }
    writer.write_all(b"two\n").unwrap();
    drop(writer);
    while content(&path) != "one\ntwo\n" {
        woken.recv().unwrap();
    }
}

#[test]
fn what_is_compressed_is_decompressed_and_its_trouble_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = pipe(&dir, "pipe.gz");
    start(&path).unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"one\n").unwrap();
    let packed = [&packed.finish().unwrap()[..], b"garbage"].concat();
    fs::write(&path, packed).unwrap();
    wait_for(&path);
    assert_eq!(content(&path), "one\n");
    let trouble = super::super::take_trouble(&path).unwrap();
    assert!(trouble.contains("bytes behind its end"), "{trouble}");
    assert_eq!(super::super::take_trouble(&path), None);
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let path = pipe(&dir, "pipe.zip");
    start(&path).unwrap();
    fs::write(&path, b"PK\x03\x04").unwrap();
    wait_for(&path);
    let error = open(&path).unwrap().unwrap_err().to_string();
    assert_eq!(error, "it is a zip archive, which is not read here");
    assert!(!is_needed(&dir.path().join("missing")));
    assert!(!is_needed(Path::new("/dev/zero")));
    assert!(is_needed(Path::new("/dev/null")));
}

/// Waits for the end of one spool. Those of other tests may never end.
fn wait_for(path: &Path) {
    let is_open = |spools: &mut Spools| !spools.by_path[path].has_ended;
    drop(ENDED.wait_while(lock(), is_open));
}

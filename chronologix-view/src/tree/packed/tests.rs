//! Unpacking, and paths in archives.

use std::io::Write as _;

use super::*;

fn content(file: &File) -> String {
    let mut text = vec![0; 100];
    let length = super::super::read_at(file, &mut text, 0).unwrap();
    text.truncate(length);
    String::from_utf8(text).unwrap()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// An archive with two files that try to be elsewhere.
fn tar() -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, text) in [
        ("./2025-05-04/app.log", "one\n"),
        ("etc/errors.log", "two\n"),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o600);
        archive
            .append_data(&mut header, name, text.as_bytes())
            .unwrap();
    }
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    archive
        .append_link(&mut header, "link.log", "/etc/passwd")
        .unwrap();
    archive.into_inner().unwrap()
}

fn zipped() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, text) in [
        ("2025-05-04/app.log", "one\n"),
        ("../../errors.log", "two\n"),
    ] {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(name, options).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn files_are_opened_as_what_they_hold() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    // Compressed files may be concatenated.
    let twice = [gz(b"one\n"), gz(b"two\n")].concat();
    let cases = [
        write("a.log", b"one\ntwo\n"),
        write("a.log.gz", &twice),
        write(
            "a.log.zst",
            &zstd::encode_all(&b"one\ntwo\n"[..], 1).unwrap(),
        ),
    ];
    for path in cases {
        assert_eq!(
            content(&open_file(&path).unwrap()),
            "one\ntwo\n",
            "{}",
            path.display()
        );
        assert_eq!(metadata(&path).unwrap().len(), 8);
    }
    // Other content under the same name is not taken from the cache.
    let path = write("a.log.gz", &gz(b"other\n"));
    assert_eq!(content(&open_file(&path).unwrap()), "other\n");
    assert!(open_file(&write("torn.zst", b"no zstd")).is_err());
    assert!(open_file(&dir.path().join("missing.gz")).is_err());
}

#[test]
fn folders_are_unpacked_into_one_folder_whatever_their_names_say() {
    let dir = tempfile::tempdir().unwrap();
    let cases = [
        ("2025-05-04.tar", tar()),
        ("2025-05-04.tar.gz", gz(&tar())),
        ("2025-05-04.tgz", gz(&tar())),
        (
            "2025-05-04.tar.zst",
            zstd::encode_all(&tar()[..], 1).unwrap(),
        ),
        ("2025-05-04.zip", zipped()),
    ];
    for (name, bytes) in cases {
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        let unpacked = unpack(&path).unwrap();
        let entries = fs::read_dir(unpacked.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["app.log", "errors.log"], "{name}");
        let text = fs::read_to_string(unpacked.path().join("errors.log")).unwrap();
        assert_eq!(text, "two\n");
    }
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        5,
        "nothing is written to the tree"
    );
}

#[test]
fn what_is_unpacked_goes_when_nobody_has_it() {
    let dir = tempfile::tempdir().unwrap();
    let open = |number: usize| {
        let path = dir.path().join(format!("{number}.tar"));
        fs::write(&path, tar()).unwrap();
        unpack(&path).unwrap()
    };
    let first = open(0).path().to_owned();
    let kept: Vec<_> = (1..=KEPT).map(open).collect();
    assert!(!first.exists());
    assert!(kept.iter().all(|folder| folder.path().exists()));
}

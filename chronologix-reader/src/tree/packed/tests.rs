//! Unpacking, and paths in archives.

use std::{io::Write as _, path::Path};

use super::*;

fn content(file: &OpenFile) -> String {
    let mut text = vec![0; 100];
    let length = read_at(file, &mut text, 0).unwrap();
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
        let (state, mark) = file_state(&path).unwrap();
        assert_eq!((state.length, mark), (8, 0));
    }
    let document = write("a.json", b"{\n  \"a\": 1\n}\n");
    assert_eq!(content(&open_file(&document).unwrap()), "{\"a\":1}\n");
    assert_eq!(file_state(&document).unwrap().0.length, 8);
    // Other content under the same name is not taken from the cache.
    let path = write("a.log.gz", &gz(b"other\n"));
    assert_eq!(content(&open_file(&path).unwrap()), "other\n");
    // What counts is what they hold, not what they are called.
    assert_eq!(
        content(&open_file(&write("no.zst", b"no zstd")).unwrap()),
        "no zstd"
    );
    assert_eq!(
        content(&open_file(&write("a.log-20250504", &gz(b"x\n"))).unwrap()),
        "x\n"
    );
    let error = |path: &Path| open_file(path).unwrap_err().to_string();
    let packed = write("a.log.7z", b"7z\xbc\xaf\x27\x1c");
    assert_eq!(error(&packed), "it is a 7z archive, which is not read here");
    let brotli = write("A.LOG.BR", b"\x0b\x02\x80");
    assert_eq!(error(&brotli), "it is brotli, which is not read here");
    assert!(open_file(&dir.path().join("missing.gz")).is_err());
}

#[test]
fn folders_are_read_as_one_folder_whatever_their_names_say() {
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
        assert_eq!(members(&path).unwrap(), ["app.log", "errors.log"], "{name}");
        let member = open_file(&path.join("errors.log")).unwrap();
        assert_eq!(content(&member), "two\n");
        assert_eq!(member.state().unwrap().length, 4);
        assert_ne!(
            member.state().unwrap().identity,
            file_state(&path.join("app.log")).unwrap().0.identity
        );
        assert!(open_file(&path.join("missing.log")).is_err());
        assert_eq!(take_trouble(&path), None);
    }
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        5,
        "nothing is written to the tree"
    );
}

#[test]
fn a_cut_archive_shows_what_it_holds_and_tells_it_once() {
    let dir = tempfile::tempdir().unwrap();
    let long = "a line of a log\n".repeat(1_000);
    let mut archive = tar::Builder::new(Vec::new());
    for name in ["a.log", "b.log"] {
        let mut header = tar::Header::new_gnu();
        header.set_size(long.len() as u64);
        archive
            .append_data(&mut header, name, long.as_bytes())
            .unwrap();
    }
    let whole = archive.into_inner().unwrap();
    // In the middle of the second file.
    let cut = &whole[..512 + 16_384 + 512 + 8_000];
    for (name, bytes) in [
        ("2025-05-04.tar", cut.to_vec()),
        ("2025-05-05.tar.gz", gz(cut)),
    ] {
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        assert_eq!(members(&path).unwrap(), ["a.log", "b.log"]);
        let lengths = ["a.log", "b.log"].map(|name| file_state(&path.join(name)).unwrap().0.length);
        assert_eq!(lengths, [16_000, 8_000], "{name}");
        let trouble = take_trouble(&path);
        assert_eq!(
            trouble.as_deref(),
            Some("is cut off; showing what could be unpacked")
        );
        assert_eq!(take_trouble(&path), None);
    }
    let path = dir.path().join("2025-05-06.zip");
    fs::write(&path, &zipped()[..20]).unwrap();
    assert!(members(&path).is_err());
    let whole = zipped();
    let cut = &whole[..whole.len() - 30];
    fs::write(dir.path().join("2025-05-07.zip"), cut).unwrap();
    let path = dir.path().join("2025-05-07.zip");
    assert_eq!(members(&path).unwrap(), ["app.log", "errors.log"]);
    assert_eq!(content(&open_file(&path.join("app.log")).unwrap()), "one\n");
    let trouble = take_trouble(&path);
    assert_eq!(
        trouble.as_deref(),
        Some("is cut off; showing what could be unpacked")
    );
    for name in ["2025-05-08.tar", "2025-05-08.zip", "2025-05-08.tar.gz"] {
        let path = dir.path().join(name);
        fs::write(&path, "").unwrap();
        let error = members(&path).unwrap_err().to_string();
        assert_eq!(error, "it is empty", "{name}");
        let trouble = take_trouble(&path);
        assert_eq!(trouble.as_deref(), Some("cannot be read: it is empty"));
    }
}

#[test]
fn files_of_one_name_in_an_archive_are_all_there() {
    let dir = tempfile::tempdir().unwrap();
    let mut tar = tar::Builder::new(Vec::new());
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    for name in ["one/app.log", "two/app.log", "two/web.log", "./app.log"] {
        let mut header = tar::Header::new_gnu();
        header.set_size(name.len() as u64);
        tar.append_data(&mut header, name, name.as_bytes()).unwrap();
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(name, options).unwrap();
        zip.write_all(name.as_bytes()).unwrap();
    }
    let (tar, zip) = (
        tar.into_inner().unwrap(),
        zip.finish().unwrap().into_inner(),
    );
    for (archive, bytes) in [("logs.tar", tar), ("logs.zip", zip)] {
        let path = dir.path().join(archive);
        fs::write(&path, bytes).unwrap();
        let names = members(&path).unwrap();
        assert_eq!(names, ["app.log", "one/app.log", "two/app.log", "web.log"]);
        let of = |name: &str| content(&open_file(&path.join(name)).unwrap());
        let contents = names.iter().map(|name| of(name));
        let expected = ["./app.log", "one/app.log", "two/app.log", "two/web.log"];
        assert_eq!(contents.collect::<Vec<_>>(), expected);
    }
}

#[test]
fn what_is_encrypted_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("logs.zip");
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("app.log", options).unwrap();
    zip.write_all(b"one\n").unwrap();
    zip.start_file("secret.log", options).unwrap();
    zip.write_all(b"two\n").unwrap();
    let mut bytes = zip.finish().unwrap().into_inner();
    // The flag of encryption, in the header of the file and in the list at the end.
    for header in [&b"PK\x03\x04"[..], b"PK\x01\x02"] {
        let at = memchr::memmem::rfind(&bytes, header).unwrap();
        bytes[at + if header[2] == 3 { 6 } else { 8 }] |= 1;
    }
    fs::write(&path, bytes).unwrap();
    assert_eq!(members(&path).unwrap(), ["app.log"]);
    let trouble = take_trouble(&path);
    assert_eq!(
        trouble.as_deref(),
        Some("has encrypted files, which are not read")
    );
}

#[test]
fn a_compressed_file_in_an_archive_is_decompressed() {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = tar::Builder::new(Vec::new());
    let packed = gz(b"one\n");
    let mut header = tar::Header::new_gnu();
    header.set_size(packed.len() as u64);
    archive
        .append_data(&mut header, "app.log.gz", &packed[..])
        .unwrap();
    let path = dir.path().join("2025-05-04.tar");
    fs::write(&path, archive.into_inner().unwrap()).unwrap();
    assert_eq!(
        content(&open_file(&path.join("app.log.gz")).unwrap()),
        "one\n"
    );
}

#[test]
fn a_byte_order_mark_is_before_the_first_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.log");
    fs::write(&path, "\u{feff}one\n").unwrap();
    let (state, mark) = file_state(&path).unwrap();
    assert_eq!((state.length, mark), (7, 3));
    fs::write(&path, b"\xff\xfea\0\n\0").unwrap();
    assert_eq!(content(&open_file(&path).unwrap()), "a\n");
    fs::write(&path, "\u{feff}one\n").unwrap();
    assert_eq!(read_beginning(&path, 100).unwrap(), b"one\n");
}

#[test]
fn the_beginning_is_read_without_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let text = "a line of a log\n".repeat(10_000);
    // The damage behind the beginning is not met.
    let mut packed = gz(text.as_bytes());
    packed.truncate(packed.len() / 2);
    for (name, bytes) in [("a.log", text.as_bytes()), ("b.log", &packed)] {
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        let beginning = read_beginning(&path, 100).unwrap();
        assert_eq!(beginning, text.as_bytes()[..100], "{name}");
        assert_eq!(take_trouble(&path), None);
    }
    let path = dir.path().join("short.gz");
    fs::write(&path, gz(b"one\n")).unwrap();
    assert_eq!(read_beginning(&path, 100).unwrap(), b"one\n");
}

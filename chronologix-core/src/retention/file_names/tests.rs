//! Which names are ours, and that look-alikes are not.

use super::{BaseEntry, FolderEntry, LogFileNames, in_base, unfinished};
use chronologix_schema::layout::Folder;

use crate::Compression;

#[test]
fn folders_their_archives_and_unfinished_archives_are_ours() {
    let folder = Folder::parse("2025-05-04__15-00").unwrap();
    let day = Folder::parse("2025-05-04").unwrap();
    for (name, expected) in [
        ("2025-05-04", BaseEntry::Folder(day)),
        ("2025-05-04__15-00", BaseEntry::Folder(folder)),
        ("2025-05-04.zip", BaseEntry::Archive(day, Compression::Zip)),
        (
            "2025-05-04__15-00.tar.zst",
            BaseEntry::Archive(folder, Compression::TarZst),
        ),
        (
            "2025-05-04__15-00.tar.gz",
            BaseEntry::Archive(folder, Compression::TarGz),
        ),
        (".2025-05-04__15-00.tar.gz.tmp", BaseEntry::Unfinished),
    ] {
        assert_eq!(in_base(name), Some(expected), "{name}");
    }
}

#[test]
fn look_alikes_in_the_base_are_not() {
    for name in [
        "",
        ".",
        "current",
        ".chronologix.json",
        "2025-5-4",
        "2025-05-04.",
        "2025-05-04.bak",
        "2025-05-04 ",
        "2025-05-04.tar",
        "2025-05-04.zst",
        "2025-05-04.gz",
        "2025-05-04.tar.zst.tmp",
        "2025-05-04tar.zst",
        "2025-05-04..zip",
        "2025-05-04.ZIP",
        "2025-05-04__15-07",
        "2025-05-04__15-07.zip",
        "2025-02-30",
        "x2025-05-04.zip",
        ".2025-05-04.tmp",
        ".2025-05-04.zip",
        "..2025-05-04.zip.tmp.tmp",
        "2025-05-04.zip.zip",
        ".tmp",
    ] {
        assert_eq!(in_base(name), None, "{name}");
    }
}

#[test]
fn logs_further_logs_and_their_archives_are_ours() {
    let logs = LogFileNames::of(["app.log", "plain", "odd.gz"]);
    let compressed =
        |log: &str, compression| Some(FolderEntry::Compressed(log.to_owned(), compression));
    for (name, expected) in [
        ("app.log", Some(FolderEntry::Log)),
        ("app.17.log", Some(FolderEntry::Log)),
        ("plain.3", Some(FolderEntry::Log)),
        ("odd.gz", Some(FolderEntry::Log)),
        ("app.log.zst", compressed("app.log", Compression::Zst)),
        ("app.17.log.gz", compressed("app.17.log", Compression::Gz)),
        ("odd.gz.gz", compressed("odd.gz", Compression::Gz)),
        (".app.log.zst.tmp", Some(FolderEntry::Unfinished)),
        // Look-alikes.
        ("app.log.1", None),
        ("app.0.log", None),
        ("app.01.log", None),
        ("app.10000.log", None),
        ("app.log.bak", None),
        ("App.log", None),
        ("errors.log", None),
        ("app.log.zip", None),
        ("app.log.tar.zst", None),
        ("app.log.zst.gz", None),
        ("app.log.zst.tmp", None),
        (".app.log.tmp", None),
        ("xapp.log", None),
        ("odd", None),
        ("", None),
    ] {
        assert_eq!(logs.in_folder(name), expected, "{name}");
    }
}

#[test]
fn what_is_made_has_names_that_are_ours() {
    let logs = LogFileNames::of(["app.log"]);
    for compression in [Compression::Zst, Compression::Gz] {
        let archive = format!("app.2.log.{compression}");
        let expected = FolderEntry::Compressed("app.2.log".to_owned(), compression);
        assert_eq!(logs.in_folder(&archive), Some(expected));
        assert_eq!(
            logs.in_folder(&unfinished(&archive)),
            Some(FolderEntry::Unfinished)
        );
    }
    let folder = Folder::parse("2025-05-04").unwrap();
    for compression in [Compression::TarZst, Compression::TarGz, Compression::Zip] {
        let archive = format!("{}.{compression}", folder.name());
        assert_eq!(
            in_base(&archive),
            Some(BaseEntry::Archive(folder, compression))
        );
        assert_eq!(in_base(&unfinished(&archive)), Some(BaseEntry::Unfinished));
    }
}

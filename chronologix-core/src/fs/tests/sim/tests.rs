//! The simulation is as strict as it says.

use std::{io::ErrorKind, path::Path};

use super::{Choices, CrashSeed, FsOp, Likeness, SimFs};
use crate::fs::traits::FileSystem;

const FILE: &str = "/base/folder/file";

/// A file system with an open file in a folder. Neither name is durable.
fn opened() -> (SimFs, Box<dyn crate::fs::traits::LogFile>) {
    let fs = SimFs::with_folder("/base");
    fs.create_folders(Path::new("/base/folder"), 0).unwrap();
    let file = fs.open(Path::new(FILE), 0).unwrap();
    (fs, file)
}

fn sync_folders(fs: &SimFs) {
    for folder in ["/base", "/base/folder"] {
        fs.sync_folder(Path::new(folder)).unwrap();
    }
}

#[test]
fn a_name_survives_only_with_every_name_above_it() {
    for (synced, survives) in [
        (&["/base"][..], false),
        (&["/base/folder"], false),
        (&["/base", "/base/folder"], true),
    ] {
        let (fs, mut file) = opened();
        file.append(b"x\n").unwrap();
        file.sync().unwrap();
        for folder in synced {
            fs.sync_folder(Path::new(folder)).unwrap();
        }
        fs.crash();
        assert_eq!(fs.text(FILE).is_some(), survives, "{synced:?}");
    }
}

#[test]
fn a_folder_made_again_has_none_of_the_names_that_were_durable() {
    let (fs, _file) = opened();
    sync_folders(&fs);
    fs.delete("/base/folder");
    fs.create_folders(Path::new("/base/folder"), 0).unwrap();
    fs.open(Path::new(FILE), 0).unwrap();
    fs.sync_folder(Path::new("/base")).unwrap();
    fs.crash();
    assert_eq!(fs.list("/base"), ["folder"]);
    assert_eq!(fs.list("/base/folder"), [""; 0]);
}

#[test]
fn what_a_sync_failed_to_save_no_later_one_saves() {
    let (fs, mut file) = opened();
    sync_folders(&fs);
    file.append(b"one\n").unwrap();
    file.sync().unwrap();
    file.append(b"two\n").unwrap();
    fs.fail(FsOp::Sync, "file", 1, ErrorKind::Other);
    file.sync().unwrap_err();
    file.append(b"three\n").unwrap();
    file.sync().unwrap();
    assert_eq!(fs.text(FILE).unwrap(), "one\ntwo\nthree\n");
    fs.crash();
    assert_eq!(fs.text(FILE).unwrap(), "one\n\0\0\0\0three\n");
}

#[test]
fn a_crash_takes_a_part_of_what_was_not_synced_and_nothing_of_what_was() {
    let mut left = std::collections::BTreeSet::new();
    for number in 0..200 {
        let (fs, mut file) = opened();
        sync_folders(&fs);
        file.append(b"ab").unwrap();
        file.sync().unwrap();
        file.append(b"cd").unwrap();
        fs.crash_with(CrashSeed::of(number));
        left.insert(fs.text(FILE).unwrap());
    }
    let all = ["ab", "ab\0", "ab\0\0", "abc", "abc\0", "abcd"];
    assert_eq!(left.into_iter().collect::<Vec<_>>(), all);
}

#[test]
fn an_open_that_finds_too_many_files_open_makes_none() {
    let (fs, _file) = opened();
    fs.limit_open(1);
    fs.open_new(Path::new("/base/folder/other"), 0).unwrap_err();
    assert_eq!(fs.list("/base/folder"), ["file"]);
}

#[test]
fn operations_fail_by_number_whatever_they_are() {
    let (fs, mut file) = opened();
    let before = fs.operations();
    fs.fail_any_after(1, 2, ErrorKind::StorageFull);
    file.append(b"x").unwrap();
    file.sync().unwrap_err();
    fs.file_id(Path::new(FILE)).unwrap_err();
    file.append(b"x").unwrap();
    assert_eq!(fs.operations(), before + 4);
}

/// What `look` shows after each crash that is legal.
fn after_each_crash(fs: &SimFs, look: impl Fn(&SimFs) -> String) -> Vec<String> {
    let mut choices = Choices::first(Likeness::Exact);
    let mut found = Vec::new();
    loop {
        let left = fs.copy();
        left.crash_by(&mut choices);
        found.push(look(&left));
        if !choices.advance() {
            return found;
        }
    }
}

#[test]
fn of_each_write_nothing_half_or_all_is_left_and_zeros_in_front_of_a_later_one() {
    let (fs, mut file) = opened();
    sync_folders(&fs);
    file.append(b"s").unwrap();
    file.sync().unwrap();
    file.append(b"ab").unwrap();
    file.append(b"cd").unwrap();
    let mut left = after_each_crash(&fs, |fs| fs.text(FILE).unwrap().replace('\0', "-"));
    left.sort_unstable();
    let all = [
        "s", "s----", "s--c", "s--c-", "s--cd", "sa", "sa---", "sa-c", "sa-c-", "sa-cd", "sab",
        "sab--", "sabc", "sabc-", "sabcd",
    ];
    assert_eq!(left, all);
}

#[test]
fn each_set_of_names_is_left_that_can_be_seen() {
    let (fs, _file) = opened();
    fs.open(Path::new("/base/other"), 0).unwrap();
    let names = |fs: &SimFs| format!("{:?} {:?}", fs.list("/base"), fs.list("/base/folder"));
    let mut left = after_each_crash(&fs, names);
    left.sort_unstable();
    let all = [
        r#"["folder", "other"] ["file"]"#,
        r#"["folder", "other"] []"#,
        r#"["folder"] ["file"]"#,
        r#"["folder"] []"#,
        r#"["other"] []"#,
        "[] []",
    ];
    assert_eq!(left, all);
}

#[test]
fn a_crash_is_repeated_by_what_was_chosen() {
    let (fs, mut file) = opened();
    file.append(b"abcd").unwrap();
    let mut choices = Choices::first(Likeness::Exact);
    for _ in 0..3 {
        fs.copy().crash_by(&mut choices);
        assert!(choices.advance());
    }
    let (once, again) = (fs.copy(), fs.copy());
    once.crash_by(&mut choices);
    let shown = choices.to_string();
    again.crash_by(&mut Choices::of(Likeness::Exact, &shown).unwrap());
    assert_eq!(once.text(FILE), again.text(FILE));
    assert_eq!(once.list("/base"), again.list("/base"));
}

#[test]
fn what_makes_no_difference_is_counted_and_not_chosen() {
    let (fs, mut file) = opened();
    fs.open(Path::new("/base/folder/empty"), 0).unwrap();
    fs.set_symlink(Path::new("/base/link"), "folder").unwrap();
    file.append(b"x").unwrap();
    let count = |likeness| {
        let mut choices = Choices::first(likeness);
        let (mut visited, mut all) = (0, 0);
        loop {
            fs.copy().crash_by(&mut choices);
            visited += 1;
            all += choices.alike();
            if !choices.advance() {
                return (visited, all);
            }
        }
    };
    // The folder is there or not, and if so the file with nothing, a byte or a zero in it.
    assert_eq!(
        count(Likeness::Exact),
        (2 * (1 + 2 * (1 + 3)), 2 * (1 + 2 * (1 + 3)))
    );
    assert_eq!(count(Likeness::Content), (1 + 1 + 3, 2 * (1 + 2 * (1 + 3))));
}

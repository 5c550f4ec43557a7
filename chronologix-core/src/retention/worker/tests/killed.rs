//! Killed at any operation, with whatever luck, or refused any of them: an archive is whole or
//! absent, and what it is made of is there until it is whole.

use std::{
    collections::BTreeMap,
    env,
    io::{self, Cursor, ErrorKind},
    path::Path,
};

use super::{OLD, config, run};
use crate::{
    Compression, Config,
    fs::tests::sim::{CrashSeed, SimFs, shown},
    retention::archive,
};

pub(super) const ALL: [Compression; 5] = [
    Compression::Zst,
    Compression::Gz,
    Compression::TarZst,
    Compression::TarGz,
    Compression::Zip,
];

/// More operations than any run takes.
const FOR_EVER: u64 = 1 << 40;

/// The logs of two folders, by path below the base.
fn logs() -> BTreeMap<String, String> {
    let log = |folder: &str, name: &str, text: &str| {
        let text = format!("{folder}/{name} {}\n", text.repeat(100));
        (format!("{folder}/{name}"), text)
    };
    let older = "2025-05-04__10-00";
    let logs = [
        log(older, "app.log", "one"),
        log(OLD, "app.log", "two"),
        log(OLD, "app.1.log", "three"),
        log(OLD, "errors.log", "four"),
    ];
    logs.into_iter().collect()
}

pub(super) fn sown() -> SimFs {
    let fs = SimFs::with_folder("/base");
    for (path, text) in logs() {
        fs.put(&format!("/base/{path}"), text.as_bytes());
    }
    fs.put(&format!("/base/{OLD}/notes.txt"), b"somebody else's");
    fs
}

pub(super) fn config_of(compression: Compression) -> Config {
    config().compress(compression)
}

/// What an archive holds, by path below the base. It must be whole.
fn held(path: &str, bytes: &[u8]) -> io::Result<BTreeMap<String, String>> {
    let of_folder = [Compression::TarZst, Compression::TarGz, Compression::Zip];
    let of_file = [Compression::Zst, Compression::Gz];
    let by_name = |kinds: &[Compression]| {
        let is_it = |kind: &&Compression| path.ends_with(&format!(".{kind}"));
        kinds.iter().find(is_it).copied()
    };
    let compression = by_name(&of_folder).or_else(|| by_name(&of_file)).unwrap();
    let mut held = BTreeMap::new();
    archive::unpack(
        compression,
        Box::new(Cursor::new(bytes.to_owned())),
        &mut |name, packed| {
            let mut text = String::new();
            packed.read_to_string(&mut text)?;
            let plain = path.strip_suffix(&format!(".{compression}")).unwrap();
            let name = if name.is_empty() { plain } else { name };
            held.insert(name.to_owned(), text);
            Ok(())
        },
    )?;
    Ok(held)
}

fn is_a(path: &str, extension: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|it| it == extension)
}

/// Every log is there, as it was or in an archive that is whole; whatever has the name of an
/// archive is whole.
pub(super) fn look(fs: &SimFs, when: &str) {
    let mut found = BTreeMap::new();
    fs.for_each_snapshot(|file| {
        if file.is_gone {
            return;
        }
        let path = shown(file.path.strip_prefix("/base").unwrap());
        let path = path.as_str();
        let name = file.path.file_name().unwrap().to_str().unwrap();
        if is_a(path, "log") {
            let text = String::from_utf8(file.bytes.to_owned()).unwrap();
            found.insert(path.to_owned(), text);
        } else if !name.starts_with('.') && name != "notes.txt" {
            let held = held(path, file.bytes).unwrap_or_else(|error| {
                panic!("{when}: {path} is not whole: {error}");
            });
            for (log, text) in held {
                let before = found.insert(log.clone(), text.clone());
                assert!(before.is_none_or(|before| before == text), "{when}: {log}");
            }
        }
    });
    assert_eq!(found, logs(), "{when}");
}

/// All is compressed, nothing is left of what was on the way, and what is not ours stands where it
/// did.
pub(super) fn look_at_end(fs: &SimFs, compression: Compression, when: &str) {
    look(fs, when);
    let names = super::names(fs);
    let left = names.iter().filter(|name| is_a(name, "log"));
    assert_eq!(left.count(), 0, "{when}: {names:?}");
    assert!(!names.iter().any(|name| is_a(name, "tmp")), "{when}");
    let notes = format!("/{OLD}/notes.txt");
    assert!(names.contains(&notes), "{when}");
    let packed = names.contains(&"/2025-05-04__10-00".to_owned());
    assert_eq!(packed, !compression.packs_folders(), "{when}: {names:?}");
}

/// Steps between the operations that are tried: each, if the variable `KILLED_EVERY` does not ask
/// for fewer.
fn every() -> usize {
    env::var("KILLED_EVERY").map_or(1, |every| every.parse().unwrap())
}

#[test]
fn a_run_that_is_killed_at_any_operation_loses_nothing_and_the_next_one_ends_it() {
    for compression in ALL {
        for killed_after in (0..).step_by(every()) {
            for number in 0_u64..6 {
                let fs = sown();
                fs.fail_any_after(killed_after, FOR_EVER, ErrorKind::Other);
                let report = run(&fs, config_of(compression));
                // No luck at first: what was not synced is lost.
                let luck = number.checked_sub(1).map_or(CrashSeed::NONE, CrashSeed::of);
                let when = format!("{compression}, killed after {killed_after}, luck {luck:?}");
                look(&fs, &when);
                fs.heal();
                fs.crash_with(luck);
                look(&fs, &when);
                let again = run(&fs, config_of(compression));
                assert!(again.errors.is_empty(), "{when}: {:?}", again.errors);
                look_at_end(&fs, compression, &when);
                if report.errors.is_empty() {
                    break;
                }
            }
            if sown_run_takes(compression) <= killed_after {
                break;
            }
        }
    }
}

/// The operations of a run that nothing disturbs.
pub(super) fn sown_run_takes(compression: Compression) -> u64 {
    let fs = sown();
    let before = fs.operations();
    run(&fs, config_of(compression));
    fs.operations() - before
}

#[test]
fn a_run_that_is_refused_any_operation_loses_nothing_and_tells_of_it() {
    for compression in ALL {
        for refused in (0..sown_run_takes(compression)).step_by(every()) {
            let fs = sown();
            fs.fail_any_after(refused, 1, ErrorKind::StorageFull);
            let report = run(&fs, config_of(compression));
            let when = format!("{compression}, refused {refused}");
            look(&fs, &when);
            let again = run(&fs, config_of(compression));
            assert!(again.errors.is_empty(), "{when}: {:?}", again.errors);
            look_at_end(&fs, compression, &when);
            // Whether there is a description may be unknown: then the streams of the logger are all
            // there are.
            assert!(!report.errors.is_empty() || refused == 1, "{when}");
        }
    }
}

#[test]
fn a_power_cut_right_after_a_run_takes_no_log() {
    for compression in ALL {
        for number in 0..50 {
            let fs = sown();
            run(&fs, config_of(compression));
            fs.crash_with(CrashSeed::of(number));
            look(&fs, &format!("{compression}, luck {number}"));
        }
    }
}

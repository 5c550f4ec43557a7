//! Killed at any operation of sealing, with whatever luck, with and without compression: what is in
//! the chain is on disk, and the next run seals the rest.

use std::{collections::BTreeMap, io::Cursor};

use chronologix_schema::layout::{SUMS_FILE, SealLink, Sums, SumsSection, digest_of};

use super::{CURRENT, OLD, YOUNG, links, put, run, sealing, sown_with};
use crate::{
    Compression, Config,
    fs::tests::sim::{CrashSeed, SimFs, shown},
    retention::archive,
};

const FOR_EVER: u64 = 1 << 40;

const SHORT: &str = "[12:00:00] one\n[12:00:01] two\n";

fn sown() -> SimFs {
    sown_with(SHORT)
}

/// What stands below the base, unpacked, by path. Late records stand behind what was packed.
fn unpacked(fs: &SimFs) -> BTreeMap<String, Vec<u8>> {
    let mut packed = BTreeMap::new();
    let mut plain = BTreeMap::new();
    fs.for_each_snapshot(|file| {
        let path = shown(file.path.strip_prefix("/base").unwrap());
        if file.is_gone {
            return;
        }
        let name = path.rsplit('/').next().unwrap();
        let kind = [Compression::TarGz, Compression::Gz]
            .into_iter()
            .find_map(|kind| {
                let stem = path.strip_suffix(&format!(".{kind}"))?;
                Some((kind, stem.to_owned()))
            });
        match kind {
            Some((kind, stem)) if !name.starts_with('.') => {
                let bytes = Box::new(Cursor::new(file.bytes.to_owned()));
                archive::unpack(kind, bytes, &mut |name, from| {
                    let mut bytes = Vec::new();
                    from.read_to_end(&mut bytes)?;
                    let name = if name.is_empty() {
                        stem.clone()
                    } else {
                        name.to_owned()
                    };
                    packed.insert(name, bytes);
                    Ok(())
                })
                .unwrap();
            }
            _ => drop(plain.insert(path, file.bytes.to_owned())),
        }
    });
    for (path, bytes) in plain {
        let is_same = packed
            .get(&path)
            .is_some_and(|packed| bytes.starts_with(packed));
        if is_same || path.ends_with(SUMS_FILE) {
            packed.insert(path, bytes);
        } else {
            packed.entry(path).or_default().extend(bytes);
        }
    }
    packed
}

/// Each folder of the chain has the sums of its last link, perhaps with more behind them, and the
/// files that they name, perhaps with more in them.
fn look(fs: &SimFs, is_end: bool, when: &str) {
    let found = unpacked(fs);
    let mut digests = BTreeMap::new();
    let chain = found.get(".chronologix.seals").cloned().unwrap_or_default();
    for whole in chain.split_inclusive(|byte| *byte == b'\n') {
        let Some(bytes) = whole.strip_suffix(b"\n") else {
            continue;
        };
        let link = SealLink::parse(std::str::from_utf8(bytes).unwrap()).unwrap();
        digests.insert(link.folder.name(), link.sums);
    }
    for (folder, digest) in &digests {
        let text = &found[&format!("{folder}/{SUMS_FILE}")];
        let text = std::str::from_utf8(text).unwrap();
        let (sections, _) = SumsSection::parse_start(text);
        let is_it = |end: usize| digest_of(&text.as_bytes()[..end]) == *digest;
        let last = sections.iter().position(|section| is_it(section.end));
        let last = last.unwrap_or_else(|| panic!("{when}: {folder}"));
        assert!(!is_end || last + 1 == sections.len(), "{when}: {folder}");
        let sums = Sums::of(&sections[..=last]).unwrap();
        for (name, sum) in sums.files {
            let bytes = &found[&format!("{folder}/{name}")];
            let (known, more) = bytes.split_at(usize::try_from(sum.bytes).unwrap());
            assert_eq!(digest_of(known), sum.digest, "{when}: {folder}/{name}");
            assert!(!is_end || more.is_empty(), "{when}: {folder}/{name}");
        }
    }
    if is_end {
        let folders = digests.into_keys().collect::<Vec<_>>();
        assert_eq!(folders, [OLD, YOUNG, CURRENT], "{when}");
        assert!(!found.keys().any(|path| path.contains(".tmp")), "{when}");
    }
}

/// A tree of which a part is sealed, and has got late records since.
fn grown(config: &dyn Fn() -> Config) -> SimFs {
    let fs = sown();
    run(&fs, config());
    // A compressed file, or a packed folder, gets a file beside it.
    let late = match fs.text(&format!("/base/{OLD}/app.log")) {
        Some(_) => format!("{SHORT}late\n"),
        None => "late\n".to_owned(),
    };
    put(&fs, &format!("{OLD}/app.log"), &late);
    put(&fs, &format!("{YOUNG}/app.log"), "one\ntwo\nthree\n");
    put(&fs, &format!("{YOUNG}/app.1.log"), "four\n");
    fs
}

fn run_both(fs: &SimFs, config: &dyn Fn() -> Config) -> bool {
    let stop = std::sync::atomic::AtomicBool::new(false);
    let mut worker = super::worker(fs, config());
    let mut errors = worker.run(super::now(), &stop).errors;
    errors.append(&mut worker.run_at_end(super::now(), &stop).errors);
    errors.is_empty()
}

#[test]
fn a_run_that_is_killed_at_any_operation_is_continued_by_the_next() {
    let kinds = [None, Some(Compression::Gz), Some(Compression::TarGz)];
    for kind in kinds {
        let config = || match kind {
            Some(kind) => sealing().compress(kind),
            None => sealing(),
        };
        let start = |is_grown: bool| if is_grown { grown(&config) } else { sown() };
        for is_grown in [false, true] {
            let whole = start(is_grown);
            let before = whole.operations();
            assert!(run_both(&whole, &config));
            look(&whole, true, "undisturbed");
            let takes = whole.operations() - before;
            assert!(takes > 40, "{takes}");
            // With compression, most operations are those of other tests.
            let step = if kind.is_some() { 3 } else { 1 };
            for killed_after in (0..=takes).step_by(step) {
                for number in 0_u64..3 {
                    let fs = start(is_grown);
                    fs.fail_any_after(killed_after, FOR_EVER, std::io::ErrorKind::Other);
                    run_both(&fs, &config);
                    let luck = number.checked_sub(1).map_or(CrashSeed::NONE, CrashSeed::of);
                    let when =
                        format!("{kind:?}, {is_grown}, killed after {killed_after}, {luck:?}");
                    look(&fs, false, &when);
                    fs.heal();
                    fs.crash_with(luck);
                    look(&fs, false, &when);
                    assert!(run_both(&fs, &config), "{when}");
                    look(&fs, true, &when);
                    links(&fs);
                }
            }
        }
    }
}

#[test]
fn a_run_that_is_refused_any_operation_is_continued_by_the_next() {
    let config = sealing;
    let whole = grown(&config);
    let before = whole.operations();
    run_both(&whole, &config);
    let takes = whole.operations() - before;
    for refused in 0..takes {
        let fs = grown(&config);
        fs.fail_any_after(refused, 1, std::io::ErrorKind::StorageFull);
        run_both(&fs, &config);
        let when = format!("refused {refused}");
        look(&fs, false, &when);
        assert!(run_both(&fs, &config), "{when}");
        look(&fs, true, &when);
        links(&fs);
    }
}

//! What is sealed and when, what a seal takes from a killed run, and what it refuses.

#[cfg(all(feature = "gzip", feature = "tar"))]
mod killed;

use std::{collections::BTreeMap, io::ErrorKind, path::Path, sync::atomic::AtomicBool};

use chronologix_schema::layout::{
    Digest, Manifest, SUMS_FILE, SealAction, SealLink, Sums, SumsSection, digest_of,
};

use super::{OLD, config, later, names, now, run, worker};
use crate::{
    Config,
    fs::{
        tests::sim::{FsOp, SimFs, shown},
        traits::FileSystem,
    },
    retention::worker::RetentionWorker,
};

/// A folder that was closed half an hour ago.
const YOUNG: &str = "2025-05-04__13-00";

/// The folder in use.
const CURRENT: &str = "2025-05-04__14-00";

fn sealing() -> Config {
    config().seal(true)
}

/// Lines that fill more than two blocks.
fn long() -> String {
    let line = |number| format!("[12:00:00] line {number}\n");
    (0..9_000).map(line).collect()
}

fn sown() -> SimFs {
    sown_with(&long())
}

/// A tree of four folders. `text` is what the oldest has.
fn sown_with(text: &str) -> SimFs {
    let fs = SimFs::with_folder("/base");
    let settings = sealing().base_log_dir("/base").check().unwrap();
    put(&fs, ".chronologix.json", &settings.describe().to_json());
    put(&fs, &format!("{OLD}/app.log"), text);
    put(&fs, &format!("{OLD}/errors.log"), "");
    put(&fs, &format!("{YOUNG}/app.log"), "one\ntwo\n");
    put(&fs, &format!("{CURRENT}/app.log"), "now\n");
    fs
}

fn put(fs: &SimFs, path: &str, text: &str) {
    fs.put(&format!("/base/{path}"), text.as_bytes());
}

fn text(fs: &SimFs, path: &str) -> Option<String> {
    fs.text(&format!("/base/{path}"))
}

/// The links of the chain. The chain is whole, and its head is that of the description.
fn links(fs: &SimFs) -> Vec<SealLink> {
    let chain = text(fs, ".chronologix.seals").unwrap_or_default();
    let links = chain.lines().map(|line| SealLink::parse(line).expect(line));
    let links = links.collect::<Vec<_>>();
    let mut previous = Digest::default();
    for (index, link) in links.iter().enumerate() {
        assert_eq!((link.number, link.previous), (index as u64 + 1, previous));
        previous = link.digest();
    }
    let manifest = text(fs, ".chronologix.json").unwrap();
    let head = Manifest::from_json(&manifest).unwrap().seals;
    assert_eq!(
        head.map(|head| head.digest),
        links.last().map(SealLink::digest)
    );
    links
}

/// The folders that are sealed, each with its sums.
fn sealed(fs: &SimFs) -> BTreeMap<String, Sums> {
    let mut digests = BTreeMap::new();
    for link in links(fs) {
        match link.action {
            SealAction::Seal => digests.insert(link.folder.name(), link.sums),
            SealAction::Remove => digests.remove(&link.folder.name()),
        };
    }
    let sums = digests.into_iter().map(|(folder, digest)| {
        let text = text(fs, &format!("{folder}/{SUMS_FILE}")).unwrap();
        assert_eq!(digest_of(text.as_bytes()), digest, "{folder}");
        let sums = Sums::of(&SumsSection::parse_all(&text).unwrap()).unwrap();
        (folder, sums)
    });
    sums.collect()
}

/// Each file of a sealed folder is as its sums say.
fn check(fs: &SimFs) -> Vec<String> {
    let sealed = sealed(fs);
    for (folder, sums) in &sealed {
        for (name, sum) in &sums.files {
            let text = text(fs, &format!("{folder}/{name}")).unwrap();
            assert_eq!(sum.bytes, text.len() as u64, "{folder}/{name}");
            assert_eq!(sum.digest, digest_of(text.as_bytes()), "{folder}/{name}");
            assert_eq!(sum.records, text.lines().count() as u64, "{folder}/{name}");
        }
    }
    sealed.into_keys().collect()
}

fn run_at_end(fs: &SimFs) -> super::RunReport {
    worker(fs, sealing()).run_at_end(now(), &AtomicBool::new(false))
}

#[test]
fn closed_folders_are_sealed_oldest_first_and_the_one_in_use_is_not() {
    let fs = sown();
    let report = run(&fs, sealing());
    assert!(report.errors.is_empty(), "{:?}", report.errors);
    assert_eq!(check(&fs), [OLD, YOUNG]);
    let folders = links(&fs).into_iter().map(|link| link.folder.name());
    assert_eq!(folders.collect::<Vec<_>>(), [OLD, YOUNG]);
    assert_eq!(sealed(&fs)[OLD].files.len(), 2);
    // A second run has nothing to do.
    let before = fs.operations();
    run(&fs, sealing());
    assert_eq!(links(&fs).len(), 2);
    assert!(fs.operations() - before < 40);
}

#[test]
fn a_folder_is_sealed_a_minute_after_it_was_closed() {
    let fs = sown();
    let mut worker = worker(&fs, sealing());
    let mut run = |minutes| worker.run(later(minutes), &AtomicBool::new(false));
    assert_eq!(run(29).seals_in, None);
    assert_eq!(run(30).seals_in.map(|it| it.as_secs()), Some(60));
    assert_eq!(check(&fs), [OLD, YOUNG]);
    assert_eq!(run(31).seals_in, None);
    assert_eq!(check(&fs), [OLD, YOUNG, CURRENT]);
}

#[test]
fn the_end_of_a_logger_seals_what_it_has_written_and_a_start_may_go_on() {
    let fs = sown();
    assert!(run_at_end(&fs).errors.is_empty());
    assert_eq!(check(&fs), [OLD, YOUNG, CURRENT]);
    put(&fs, &format!("{CURRENT}/app.log"), "now\nand then\n");
    put(&fs, &format!("{CURRENT}/errors.log"), "new\n");
    assert!(run_at_end(&fs).errors.is_empty());
    assert_eq!(check(&fs), [OLD, YOUNG, CURRENT]);
    assert_eq!(links(&fs).len(), 4);
    // Nothing was added.
    assert!(run_at_end(&fs).errors.is_empty());
    assert_eq!(links(&fs).len(), 4);
}

#[test]
fn late_records_are_sealed_in_addition_and_only_what_is_new_is_hashed() {
    let fs = sown();
    run(&fs, sealing());
    let path = format!("{OLD}/{SUMS_FILE}");
    let before = text(&fs, &path).unwrap();
    put(&fs, &format!("{OLD}/app.log"), &(long() + "late\n"));
    run(&fs, sealing());
    assert_eq!(check(&fs), [OLD, YOUNG]);
    let after = text(&fs, &path).unwrap();
    let added = after.strip_prefix(&before).unwrap();
    assert_eq!(added.matches("\nblock ").count(), 1, "{added}");
    assert!(!added.contains("errors.log"));
}

#[test]
fn a_log_is_synced_before_it_is_sealed_and_not_with_every_start() {
    let fs = sown();
    fs.fail(FsOp::Sync, "app.log", 1, ErrorKind::StorageFull);
    assert_eq!(run(&fs, sealing()).errors.len(), 1);
    assert_eq!(check(&fs), [YOUNG]);
    assert!(run(&fs, sealing()).errors.is_empty());
    assert_eq!(check(&fs), [OLD, YOUNG]);
    // Nothing has come to the oldest.
    put(&fs, &format!("{YOUNG}/app.log"), "one\ntwo\nlate\n");
    fs.fail(FsOp::Sync, ".log", usize::MAX, ErrorKind::StorageFull);
    let report = run(&fs, sealing());
    let logs = report.errors.iter().map(|error| shown(error.path()));
    let logs = logs.collect::<Vec<_>>();
    assert_eq!(logs, [format!("/base/{YOUNG}/app.log")]);
    fs.heal();
    run(&fs, sealing());
    fs.fail(FsOp::Sync, "", usize::MAX, ErrorKind::StorageFull);
    assert!(run(&fs, sealing()).errors.is_empty());
    assert_eq!(check(&fs), [OLD, YOUNG]);
}

#[test]
fn a_tree_is_listed_again_if_there_are_new_sums_and_they_are_to_be_compressed() {
    let is_listed_again = |fs: &SimFs, worker: &mut RetentionWorker| {
        fs.fail_after(1, FsOp::Look, CURRENT, 1, ErrorKind::Other);
        let errors = worker.run(now(), &AtomicBool::new(false)).errors;
        fs.heal();
        let paths = errors.iter().map(|error| shown(error.path()));
        let paths = paths.collect::<Vec<_>>();
        let is_it = |path: &String| path.ends_with(CURRENT);
        assert!(paths.iter().all(is_it), "{paths:?}");
        !paths.is_empty()
    };
    let compressions = [None, cfg!(feature = "gzip").then_some("gz")];
    for compression in compressions {
        let config = compression.map_or_else(sealing, |name| sealing().compress(name));
        let fs = sown();
        let mut worker = worker(&fs, config);
        let is_compressed = compression.is_some();
        assert_eq!(is_listed_again(&fs, &mut worker), is_compressed);
        let log = text(&fs, &format!("{OLD}/app.log"));
        assert_eq!(log.is_none(), is_compressed);
        // What was compressed is sealed as it is, which is known with the next run only.
        assert_eq!(is_listed_again(&fs, &mut worker), is_compressed);
        assert!(!is_listed_again(&fs, &mut worker));
        put(&fs, &format!("{YOUNG}/app.log"), "one\ntwo\nlate\n");
        assert_eq!(is_listed_again(&fs, &mut worker), is_compressed);
        assert_eq!(links(&fs).len(), 3);
    }
}

#[test]
#[cfg(all(feature = "gzip", feature = "tar"))]
fn an_empty_log_beside_an_archive_that_lacks_it_is_sealed_once() {
    let fs = sown();
    let report = run(&fs, sealing().compress(crate::Compression::TarGz));
    assert_eq!(report.compressed, 1);
    put(&fs, &format!("{OLD}/errors.1.log"), "");
    for _ in 0..2 {
        let report = run(&fs, sealing());
        assert!(report.errors.is_empty(), "{:?}", report.errors);
        assert_eq!(links(&fs).len(), 3);
        let files = &sealed(&fs)[OLD].files;
        assert_eq!((files.len(), files["errors.1.log"].bytes), (3, 0));
    }
}

#[test]
fn what_was_changed_is_not_sealed_again() {
    let log = format!("{OLD}/app.log");
    let changed = long().replace("line 8999", "line 9000");
    let shorter = long().replace("line 8999\n", "");
    for (text, why) in [
        (
            changed.clone() + "late\n",
            "it is not as it was when it was sealed",
        ),
        (shorter, "it is shorter than it was when it was sealed"),
    ] {
        let fs = sown();
        run(&fs, sealing());
        put(&fs, &log, &text);
        let mut worker = worker(&fs, sealing());
        let report = worker.run(now(), &AtomicBool::new(false));
        let error = &report.errors[0];
        assert!(error.to_string().ends_with(&shown(Path::new("app.log"))));
        assert!(format!("{error:?}").contains(why), "{error:?}");
        assert_eq!(links(&fs).len(), 2);
        // It is reported once, and looked at again when it changes.
        let report = worker.run(now(), &AtomicBool::new(false));
        assert!(report.errors.is_empty());
    }
}

#[test]
fn what_was_taken_away_is_not_sealed_again() {
    for name in ["app.log", SUMS_FILE] {
        let fs = sown();
        run(&fs, sealing());
        fs.delete(&format!("/base/{OLD}/{name}"));
        let report = run(&fs, sealing());
        assert_eq!(report.errors.len(), 1, "{name}");
        assert_eq!(links(&fs).len(), 2);
    }
}

#[test]
fn nothing_is_added_to_a_chain_that_was_changed() {
    let fs = sown();
    run(&fs, sealing());
    let chain = text(&fs, ".chronologix.seals").unwrap();
    let (first, _) = chain.split_once('\n').unwrap();
    for wrong in [
        chain.replace("seal", "seel"),
        format!("{first}\n"),
        String::new(),
    ] {
        put(&fs, ".chronologix.seals", &wrong);
        put(&fs, &format!("{YOUNG}/app.log"), "one\ntwo\nlate\n");
        let report = run(&fs, sealing().retain("1h"));
        assert!(report.errors[0].to_string().starts_with("cannot add to "));
        assert_eq!(text(&fs, ".chronologix.seals").unwrap(), wrong);
        // What it would not know of is not removed.
        assert_eq!(report.removed, 0);
        assert!(text(&fs, &format!("{OLD}/app.log")).is_some());
    }
}

#[test]
fn a_line_that_is_being_written_is_waited_for() {
    let fs = sown();
    put(&fs, &format!("{YOUNG}/app.log"), "one\ntw");
    let folder = format!("/base/{YOUNG}");
    let held = FileSystem::lock_folder(&fs, Path::new(&folder)).unwrap();
    let report = run(&fs, sealing());
    assert!(report.errors.is_empty() && report.is_done_by_another);
    assert_eq!(check(&fs), [OLD]);
    drop(held);
    // Nothing comes to it any more: it is what a crash has left.
    run(&fs, sealing());
    assert_eq!(check(&fs), [OLD, YOUNG]);
}

#[test]
fn files_that_are_not_ours_are_named_and_left_alone() {
    let fs = sown();
    put(&fs, &format!("{OLD}/notes.txt"), "mine");
    run(&fs, sealing());
    let sums = &sealed(&fs)[OLD];
    assert!(sums.others.contains("notes.txt"));
    assert_eq!(sums.files.len(), 2);
    put(&fs, &format!("{OLD}/notes.txt"), "changed");
    assert!(run(&fs, sealing()).errors.is_empty());
    assert_eq!(links(&fs).len(), 2);
}

#[test]
fn a_removal_is_in_the_chain_before_anything_is_removed() {
    let fs = sown();
    let config = || sealing().retain("2h");
    run(&fs, sealing());
    fs.fail(FsOp::Remove, "app.log", 1, ErrorKind::PermissionDenied);
    run(&fs, config());
    let last = links(&fs).pop().unwrap();
    assert_eq!(
        (last.action, last.folder.name().as_str()),
        (SealAction::Remove, OLD)
    );
    assert!(text(&fs, &format!("{OLD}/app.log")).is_some());
    run(&fs, config());
    assert!(!names(&fs).iter().any(|name| name.contains(OLD)));
    assert_eq!(check(&fs), [YOUNG]);
}

#[test]
fn sums_go_with_their_folder_and_need_not_be_shipped() {
    let fs = sown();
    let config = || sealing().retain("2h").retain_after("shipped");
    run(&fs, config());
    assert_eq!(check(&fs), [OLD, YOUNG]);
    let bytes = long().len();
    let mark =
        format!(r#"{{"chronologix_shipped": 1, "files": {{"app.log": {{"bytes": {bytes}}}}}}}"#);
    put(&fs, &format!(".chronologix.shipped/{OLD}.json"), &mark);
    assert_eq!(run(&fs, config()).removed, 1);
    assert!(
        !names(&fs)
            .iter()
            .any(|name| name.starts_with(&format!("/{OLD}")))
    );
    assert_eq!(check(&fs), [YOUNG]);
}

#[test]
fn without_locks_nothing_is_sealed_and_nothing_removed() {
    let fs = sown();
    fs.fail(FsOp::Lock, "/base", usize::MAX, ErrorKind::Unsupported);
    let report = run(&fs, sealing().retain("1h"));
    assert_eq!(report.errors[0].kind(), ErrorKind::Unsupported);
    assert_eq!((links(&fs).len(), report.removed), (0, 0));
}

#[test]
fn folders_are_not_sealed_unless_it_is_asked_for() {
    let fs = sown();
    let before = names(&fs);
    run(&fs, config().retain("9d"));
    assert_eq!(names(&fs), before);
}

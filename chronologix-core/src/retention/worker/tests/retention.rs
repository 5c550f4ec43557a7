//! Exactly what a rule says is removed from random trees, and nothing else ever.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::atomic::AtomicBool,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::{collection::btree_map, collection::btree_set, prelude::*};

use super::{NOW, OLD, config, run, standing, worker};
use chronologix_schema::layout::{self, Interval};

use crate::{
    ByteSize, Config, Retention,
    fs::{tests::sim::SimFs, traits::FileSystem},
};

/// Ours in an interval folder.
const OURS: [&str; 6] = [
    "app.log",
    "errors.log",
    "app.1.log",
    "app.log.zst",
    "errors.2.log.gz",
    // Of a stream that only the description of the tree knows.
    "older.log",
];

/// Left by a run that was killed: cleared away in any case.
const UNFINISHED: &str = ".app.log.zst.tmp";

/// Look-alikes and files of others in an interval folder.
const FOREIGN: [&str; 8] = [
    "notes.txt",
    "app.log.bak",
    "app.01.log",
    "App.log",
    "app.log.zip",
    ".app.log.tmp",
    "app.2.log/",
    "errors.1.log -> elsewhere",
];

/// The same in the base.
const IN_BASE: [&str; 10] = [
    "notes.txt",
    "2025-05-4",
    "2025-05-04__11-07/app.log",
    "2025-05-04__11-00.bak/app.log",
    "2025-05-04__08-00.tar.zst.part",
    "2025-05-04__08-00.zip/",
    "2025-05-01__00-00 -> 2025-05-04__14-00",
    "2025-05-01__01-00",
    "2025-05-01__02-00.zip -> notes.txt",
    "current -> 2025-05-04__14-00",
];

/// One interval folder and its archives.
#[derive(Clone, Debug, Default)]
struct Sown {
    has_folder: bool,
    /// Names in it, with how many bytes they have.
    ours: BTreeMap<&'static str, usize>,
    foreign: BTreeSet<&'static str>,
    is_unfinished: bool,
    archives: BTreeMap<&'static str, usize>,
}

/// The folder so many hours before the current one.
fn folder(hours_ago: i64) -> String {
    let now = NOW.parse::<DateTime<Utc>>().unwrap();
    let then = now - TimeDelta::hours(hours_ago);
    let zone = layout::zone("UTC").unwrap();
    Interval::Hour1.span(then, &zone).folder.name()
}

/// Puts a name there: a folder behind a slash, a link with an arrow, a file otherwise.
fn put(fs: &SimFs, path: &str, bytes: usize) {
    let at = format!("/base/{path}");
    if let Some((link, target)) = at.split_once(" -> ") {
        fs.create_folders(Path::new(link).parent().unwrap(), 0)
            .unwrap();
        fs.set_symlink(Path::new(link), target).unwrap();
    } else if let Some(folder) = at.strip_suffix('/') {
        fs.create_folders(Path::new(folder), 0).unwrap();
    } else {
        fs.put(&at, "x".repeat(bytes).as_bytes());
    }
}

impl Sown {
    fn sow(&self, fs: &SimFs, name: &str) {
        if self.has_folder {
            put(fs, &format!("{name}/"), 0);
            for (file, bytes) in &self.ours {
                put(fs, &format!("{name}/{file}"), *bytes);
            }
            for file in &self.foreign {
                put(fs, &format!("{name}/{file}"), 7);
            }
            if self.is_unfinished {
                put(fs, &format!("{name}/{UNFINISHED}"), 7);
            }
        }
        for (ending, bytes) in &self.archives {
            put(fs, &format!("{name}{ending}"), *bytes);
        }
    }

    fn has_any_of_ours(&self) -> bool {
        let in_folder = self.has_folder && (!self.ours.is_empty() || self.foreign.is_empty());
        in_folder || !self.archives.is_empty()
    }

    fn bytes(&self) -> usize {
        let in_folder = self.ours.values().sum::<usize>();
        let in_folder = if self.has_folder { in_folder } else { 0 };
        in_folder + self.archives.values().sum::<usize>()
    }

    /// The names below the base that go if the rules say so.
    fn names_of_ours(&self, name: &str) -> Vec<String> {
        let mut names = Vec::new();
        if self.has_folder {
            names.extend(self.ours.keys().map(|file| format!("/{name}/{file}")));
            names.extend(self.foreign.is_empty().then(|| format!("/{name}")));
        }
        names.extend(
            self.archives
                .keys()
                .map(|ending| format!("/{name}{ending}")),
        );
        names
    }
}

fn sown() -> impl Strategy<Value = Sown> {
    let ours = btree_map(prop::sample::select(&OURS[..]), 0_usize..50, 0..5);
    let foreign = prop_oneof![
        2 => Just(BTreeSet::new()),
        1 => btree_set(prop::sample::select(&FOREIGN[..]), 1..3),
    ];
    let archives = btree_map(
        prop::sample::select(&[".tar.zst", ".tar.gz", ".zip"][..]),
        0_usize..50,
        0..3,
    );
    let archives = prop_oneof![3 => Just(BTreeMap::new()), 1 => archives];
    (any::<bool>(), ours, foreign, any::<bool>(), archives).prop_map(
        |(only_archives, ours, foreign, is_unfinished, archives)| Sown {
            has_folder: !only_archives || archives.is_empty(),
            ours,
            foreign,
            is_unfinished,
            archives,
        },
    )
}

fn rule() -> impl Strategy<Value = Retention> {
    prop_oneof![
        (1_u64..40 * 60).prop_map(|minutes| Retention::Age(Duration::from_secs(minutes * 60))),
        (1_usize..20).prop_map(Retention::Folders),
        (1_u64..600).prop_map(|bytes| Retention::Size(ByteSize::new(bytes))),
    ]
}

/// What the rules say, told once more, of folders by how many hours ago they began; it is half
/// past.
fn removable_folders(sown: &BTreeMap<i64, Sown>, rules: &[Retention]) -> BTreeSet<i64> {
    let units = sown.iter().filter(|(_, unit)| unit.has_any_of_ours());
    let units = units.collect::<BTreeMap<_, _>>();
    // Closed for two hours at least.
    let may_go = |hours: i64| hours >= 3;
    let mut gone = BTreeSet::<&i64>::new();
    for rule in rules {
        match rule {
            Retention::Age(age) => {
                let minutes = i64::try_from(age.as_secs()).unwrap() / 60;
                let is_old = |hours: i64| (hours - 1) * 60 + 30 >= minutes;
                gone.extend(units.keys().filter(|hours| is_old(***hours)));
            }
            Retention::Folders(most) => {
                let begun = units.keys().filter(|hours| ***hours >= 0);
                gone.extend(begun.skip(*most));
            }
            _ => {}
        }
    }
    gone.retain(|hours| may_go(**hours));
    for rule in rules {
        let Retention::Size(size) = rule else {
            continue;
        };
        for hours in units.keys().rev() {
            let kept = units.iter().filter(|(hours, _)| !gone.contains(*hours));
            let bytes = kept.map(|(_, unit)| unit.bytes()).sum::<usize>();
            if bytes as u64 > size.bytes() && may_go(**hours) && units[*hours].bytes() > 0 {
                gone.insert(hours);
            }
        }
    }
    gone.into_iter().copied().collect()
}

const DESCRIPTION: &str = r#"{"format_version": 1, "interval": "1h", "timezone": "UTC", "timestamp_format": "%H:%M:%S",
    "streams": [{"name": "older", "file": "older.log", "format": "text"}]}"#;

fn config_of(rules: &[Retention]) -> Config {
    rules
        .iter()
        .fold(config(), |config, rule| config.retain(*rule))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn exactly_what_the_rules_say_is_removed_and_nothing_else(
        mut sown in btree_map(-4_i64..40, sown(), 0..14),
        in_base in btree_set(prop::sample::select(&IN_BASE[..]), 0..6),
        rules in proptest::collection::vec(rule(), 1..4),
    ) {
        let fs = SimFs::with_folder("/base");
        fs.put("/base/.chronologix.json", DESCRIPTION.as_bytes());
        // In use, so that the clock is trusted.
        let last = sown.entry(3).or_default();
        last.has_folder = true;
        last.ours.insert(OURS[0], 7);
        for (hours, unit) in &sown {
            unit.sow(&fs, &folder(*hours));
        }
        for name in in_base {
            // Not in place of what was sown.
            let path = name.split(" -> ").next().unwrap().trim_end_matches('/');
            if !standing(&fs).contains_key(&format!("/{path}")) {
                put(&fs, name, 7);
            }
        }
        let mut expected = standing(&fs);
        expected.retain(|path, _| !path.ends_with(UNFINISHED));
        for hours in removable_folders(&sown, &rules) {
            for name in sown[&hours].names_of_ours(&folder(hours)) {
                prop_assert!(expected.remove(&name).is_some(), "{name}");
            }
        }
        let report = run(&fs, config_of(&rules));
        prop_assert!(report.errors.is_empty(), "{:?}", report.errors);
        prop_assert_eq!(standing(&fs), expected, "{:?}", rules);
    }
}

#[test]
fn what_cannot_be_removed_or_looked_into_stays_and_is_told() {
    use std::io::ErrorKind;

    use crate::fs::tests::sim::FsOp;

    let sow = || {
        let fs = SimFs::with_folder("/base");
        for hours in 3..6 {
            put(&fs, &format!("{}/app.log", folder(hours)), 10);
        }
        fs
    };
    for (op, name, gone) in [
        (FsOp::Look, "/base", &[][..]),
        (FsOp::Look, OLD, &[4, 5]),
        (FsOp::Lock, OLD, &[4, 5]),
        (FsOp::Lock, "/base", &[]),
        (FsOp::Remove, "app.log", &[]),
    ] {
        let fs = sow();
        fs.fail(op, name, usize::MAX, ErrorKind::PermissionDenied);
        let report = run(&fs, config().retain("1h"));
        assert!(!report.errors.is_empty(), "{op:?} {name}");
        for hours in 3..6 {
            let stays = standing(&fs).contains_key(&format!("/{}/app.log", folder(hours)));
            assert_eq!(stays, !gone.contains(&hours), "{op:?} {name}: {hours}");
        }
        fs.heal();
        let report = run(&fs, config().retain("1h"));
        assert!(report.errors.is_empty());
        assert!(standing(&fs).is_empty(), "{op:?} {name}");
    }
}

#[test]
fn a_folder_that_a_logger_is_in_stays() {
    let fs = SimFs::with_folder("/base");
    put(&fs, &format!("{OLD}/app.log"), 10);
    let folder = format!("/base/{OLD}");
    let held = FileSystem::lock_folder(&fs, Path::new(&folder)).unwrap();
    assert_eq!(run(&fs, config().retain("1h")).removed, 0);
    assert_eq!(standing(&fs).len(), 2);
    drop(held);
    assert_eq!(run(&fs, config().retain("1h")).removed, 1);
    assert!(standing(&fs).is_empty());
}

#[test]
fn a_run_that_is_told_to_stop_removes_nothing_more() {
    let fs = SimFs::with_folder("/base");
    put(&fs, &format!("{OLD}/app.log"), 10);
    let report = worker(&fs, config().retain("1h")).run(super::now(), &AtomicBool::new(true));
    assert_eq!(report.removed, 0);
    assert_eq!(standing(&fs).len(), 2);
}

//! The rules of the house that no compiler knows.

#![expect(
    clippy::unwrap_used,
    reason = "a test may panic, in its helping functions as well"
)]

mod doc_comments;
mod layers;
mod type_names;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The root of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The files git knows, or would on the next commit, below the root of the project.
fn files() -> Vec<PathBuf> {
    let root = root();
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output();
    match listed {
        Ok(output) if output.status.success() && !output.stdout.is_empty() => {
            let names = String::from_utf8(output.stdout).unwrap();
            names
                .lines()
                .map(|name| root.join(name))
                .filter(|path| path.is_file())
                .collect()
        }
        // A source package: no git, but also nothing else in the folder.
        _ => below(&root.join("src")),
    }
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = |path: PathBuf| {
        if path.is_dir() {
            below(&path)
        } else {
            vec![path]
        }
    };
    entries.flat_map(files).collect()
}

/// Rust files with their text, without those that are not compiled as they stand.
fn rust_files() -> Vec<(String, String)> {
    let root = root();
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    let read = |path: PathBuf| {
        let name = path
            .strip_prefix(root)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        (name, fs::read_to_string(path).unwrap())
    };
    files().into_iter().filter(is_rust).map(read).collect()
}

/// Lists the files that break a rule, so that all are seen at once.
#[track_caller]
fn none(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}:\n{}", broken.join("\n"));
}

#[test]
fn no_file_is_longer_than_600_lines() {
    let long = |(name, text): (String, String)| {
        let lines = text.lines().count();
        (lines > 600).then(|| format!("{name}: {lines} lines"))
    };
    none(
        "split these",
        &rust_files()
            .into_iter()
            .filter_map(long)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn every_file_says_in_its_first_line_what_lives_there() {
    let silent = |(name, text): &(String, String)| {
        let first = text.lines().next().unwrap_or_default();
        let attribute = first.starts_with("#!["); // `#![doc = include_str!(…)]`, or a lint before it
        !first.starts_with("//!") && !attribute && !name.starts_with("tests/ui/")
    };
    let silent = rust_files()
        .into_iter()
        .filter(silent)
        .map(|(name, _)| name);
    none("begin with `//!`", &silent.collect::<Vec<_>>());
}

#[test]
fn no_module_file_is_called_mod_and_no_file_is_a_drawer() {
    let banned = [
        "mod", "utils", "util", "helpers", "helper", "common", "manager", "misc", "types",
    ];
    let drawer = |(name, _): &(String, String)| {
        let stem = Path::new(name)
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        banned.contains(&stem.as_str())
    };
    let drawers = rust_files()
        .into_iter()
        .filter(drawer)
        .map(|(name, _)| name);
    none(
        "name these after what they hold",
        &drawers.collect::<Vec<_>>(),
    );
}

/// Lines outside comments that hold one of `words`, in files for which `guarded` holds.
fn uses(words: &[&str], guarded: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in rust_files().into_iter().filter(|(name, _)| guarded(name)) {
        for (at, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| code.contains(word)) {
                found.push(format!("{name}:{}: {}", at + 1, line.trim()));
            }
        }
    }
    found
}

fn is_test(name: &str) -> bool {
    name.starts_with("tests/")
        || name.contains("/tests")
        || name.contains("_tests.rs")
        || name.contains("_tests/")
}

#[test]
fn only_the_fs_room_touches_files() {
    let guarded = |name: &str| {
        name.starts_with("chronologix-core/src/")
            && !name.contains("/src/fs")
            // It reads one file of the kernel, once.
            && !name.ends_with("/clock/tsc.rs")
            // It says what Windows knows of the files that the room has opened.
            && !name.ends_with("src/win32.rs")
            && !is_test(name)
    };
    // The functions and types of `std::fs`: the room has the same name as that module.
    let words = [
        "std::fs",
        "fs::File",
        "fs::OpenOptions",
        "fs::DirBuilder",
        "fs::Permissions",
        "fs::canonicalize",
        "fs::copy",
        "fs::create_dir",
        "fs::exists",
        "fs::hard_link",
        "fs::metadata",
        "fs::read",
        "fs::remove",
        "fs::rename",
        "fs::set_",
        "fs::symlink_metadata",
        "fs::write",
        "fs::{self",
    ];
    none("move these to core's room fs", &uses(&words, guarded));
    let guarded = |name: &str| {
        let is_room = ["/tail", "/tree", "src/user_files"]
            .iter()
            .any(|room| name.contains(room));
        let is_of_these = name.starts_with("chronologix-reader/src/")
            || name.starts_with("chronologix-view/src/");
        is_of_these && !is_room && !is_test(name)
    };
    none(
        "move these to the reader's rooms tree and tail, or to the viewer's room user_files",
        &uses(&["std::fs", "fs::"], guarded),
    );
}

#[test]
fn only_the_clock_reads_the_wall_clock() {
    let guarded =
        |name: &str| name.starts_with("chronologix-core/src/") && !name.contains("/clock");
    none(
        "take the clock as it is handed in",
        &uses(&["SystemTime::now", "Utc::now", "Local::now"], guarded),
    );
}

#[test]
fn no_test_sleeps_to_wait_and_none_is_ignored() {
    let guarded = |name: &str| is_test(name) && !name.starts_with("tests/tidy/");
    none(
        "wait for what is expected, not for time to pass",
        &uses(&["sleep(", "#[ignore"], guarded),
    );
}

#[test]
fn unsafe_code_stands_in_three_small_files_alone() {
    let allowed = [
        "tests/tidy/main.rs",
        "chronologix-core/src/clock/tsc.rs",
        "chronologix-core/src/libc_hooks.rs",
        "chronologix-core/src/win32.rs",
        // An allocator that counts, for the benchmarks.
        "benches/src/allocations.rs",
    ];
    let guarded = |name: &str| !allowed.contains(&name);
    none(
        "do without `unsafe`",
        &uses(&["unsafe {", "unsafe fn"], guarded),
    );
}

#[test]
fn every_example_is_named_in_the_readme() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let missing = rust_files().into_iter().filter_map(|(name, _)| {
        let example = name.strip_prefix("examples/")?;
        let example = example.split(['/', '.']).next().unwrap_or_default();
        (!readme.contains(&format!("`{example}`"))).then(|| example.to_owned())
    });
    none("name these", &missing.collect::<Vec<_>>());
}

/// The lines of prose that are wider than 100 columns: not of code blocks, tables, images or links.
/// `prose` gives the text of a line, if it is one of prose at all.
fn wide(text: &str, prose: impl Fn(&str) -> Option<&str>) -> Vec<usize> {
    let (mut is_code, mut wide) = (false, Vec::new());
    for (at, line) in text.lines().enumerate() {
        let Some(prose) = prose(line) else {
            is_code = false;
            continue;
        };
        is_code ^= prose.starts_with("```");
        let is_free = is_code
            || ["|", "[", "!["]
                .iter()
                .any(|start| prose.starts_with(start));
        if !is_free && line.chars().count() > 100 && !line.contains("://") {
            wide.push(at + 1);
        }
    }
    wide
}

#[test]
fn prose_keeps_to_100_columns() {
    let is_page = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    let mut found = Vec::new();
    for page in files().into_iter().filter(is_page) {
        let name = page.strip_prefix(root()).unwrap().display().to_string();
        let lines = wide(&fs::read_to_string(&page).unwrap(), |line| {
            Some(line.trim_start())
        });
        found.extend(lines.into_iter().map(|line| format!("{name}:{line}")));
    }
    for (name, text) in rust_files() {
        let lines = wide(&text, |line| {
            let comment = line.trim_start().strip_prefix("//")?;
            Some(comment.trim_start_matches(['/', '!']).trim_start())
        });
        found.extend(lines.into_iter().map(|line| format!("{name}:{line}")));
    }
    none("break these lines", &found);
}

#[test]
fn architecture_has_at_most_200_lines() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    assert!(page.lines().count() <= 200);
}

#[test]
fn no_file_is_a_splinter() {
    let files = rust_files();
    let is_front = |name: &str| {
        let folder = format!("{}/", name.trim_end_matches(".rs"));
        files.iter().any(|(other, _)| other.starts_with(&folder))
    };
    let allowed = [
        // What generated code may name, in one place.
        "chronologix-core/src/private.rs",
        // What benches and fuzz targets may name, in one place.
        "chronologix-core/src/internals.rs",
        // Leaves that rooms of several layers use.
        "chronologix-core/src/process_id.rs",
        "chronologix-core/src/format/redact.rs",
        "chronologix-schema/src/layout/file_name.rs",
    ];
    let is_splinter = |(name, text): &(String, String)| {
        let is_code = name.starts_with("chronologix-") && name.contains("/src/") && !is_test(name);
        let is_root = name.ends_with("/lib.rs") || name.ends_with("/main.rs");
        is_code
            && !is_root
            && text.lines().count() < 40
            && !is_front(name)
            && !allowed.contains(&name.as_str())
    };
    let splinters = files.iter().filter(|file| is_splinter(file));
    none(
        "move these to where they are used",
        &splinters.map(|(name, _)| name.clone()).collect::<Vec<_>>(),
    );
}

//! Files and their streams.

use super::*;

fn tree(manifest: Option<&str>) -> (tempfile::TempDir, Tree) {
    let dir = tempfile::tempdir().unwrap();
    if let Some(manifest) = manifest {
        fs::write(dir.path().join(MANIFEST_FILE), manifest).unwrap();
    }
    let mut tree = Tree::new(dir.path().to_owned(), 100, StreamNames::default());
    tree.refresh(DateTime::UNIX_EPOCH).unwrap();
    (dir, tree)
}

const DESCRIPTION: &str = r#"{
    "format_version": 1, "interval": "1h", "timezone": "UTC", "timestamp_format": "%H:%M:%S",
    "streams": [
        {"name": "app", "file": "app.log", "format": "text", "mirror": []},
        {"name": "errors", "file": "err.txt", "format": "text", "mirror": ["app"]},
        {"name": "odd", "file": "app.7.log", "format": "text", "mirror": []}
    ]}"#;

#[track_caller]
fn check(tree: &mut Tree, names: &[&str], expected: &[&str]) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let files = tree.files(&Listing::of(PathBuf::new(), names));
    let show = |file: &StreamFile| {
        format!(
            "{} = {}#{}",
            file.name,
            tree.streams().name(file.stream),
            file.part
        )
    };
    assert_eq!(files.values().map(show).collect::<Vec<_>>(), expected);
}

#[test]
fn described_files() {
    let (_dir, mut tree) = tree(Some(DESCRIPTION));
    check(
        &mut tree,
        &[
            "app.1.log",
            "app.7.log",
            "app.log",
            "err.1.txt",
            "err.txt",
            "late.log",
            "notes.txt",
        ],
        &[
            "app.log = app#0",
            "app.1.log = app#1",
            "err.txt = errors#0",
            "err.1.txt = errors#1",
            "app.7.log = odd#0",
            "late.log = late#0",
        ],
    );
    assert!(
        tree.streams()
            .is_one_record(&crate::streams::StreamSet::of(StreamId(0)).with(StreamId(1)))
    );
}

#[test]
fn files_of_a_tree_without_description() {
    let (_dir, mut tree) = tree(None);
    check(
        &mut tree,
        &[
            ".hidden.log",
            ".log",
            "all.10.log",
            "all.2.log",
            "all.log",
            "all.log.gz",
            "lone.3.log",
            "old.01.log",
            "old.log",
        ],
        &[
            "all.log = all#0",
            "all.2.log = all#2",
            "all.10.log = all#10",
            "lone.3.log = lone.3#0",
            "old.01.log = old.01#0",
            "old.log = old#0",
        ],
    );
}

#[test]
fn a_description_may_come_later_and_change() {
    let (dir, mut tree) = tree(None);
    fs::write(dir.path().join(MANIFEST_FILE), "{ not json").unwrap();
    tree.refresh(DateTime::UNIX_EPOCH).unwrap();
    assert_eq!(tree.manifest(), None);
    fs::write(dir.path().join(MANIFEST_FILE), DESCRIPTION).unwrap();
    tree.refresh(DateTime::UNIX_EPOCH).unwrap();
    assert_eq!(tree.streams().len(), 3);
    fs::write(
        dir.path().join(MANIFEST_FILE),
        DESCRIPTION.replace("app", "main"),
    )
    .unwrap();
    tree.refresh(DateTime::UNIX_EPOCH).unwrap();
    // Ids stay, because streams that are no longer written can still be read.
    assert_eq!(tree.streams().name(StreamId(0)), "app");
    assert_eq!(tree.streams().name(StreamId(3)), "main");
}

#[test]
fn folders_are_those_of_our_own_names() {
    let (dir, mut tree) = tree(None);
    for name in ["2025-05-05", "2025-05-04__23-00", "2025-5-4", "backup"] {
        fs::create_dir(dir.path().join(name)).unwrap();
    }
    fs::write(dir.path().join("2025-05-06"), "a file").unwrap();
    tree.refresh(DateTime::UNIX_EPOCH).unwrap();
    let names: Vec<String> = tree.folders().iter().map(|folder| folder.name()).collect();
    assert_eq!(names, ["2025-05-04__23-00", "2025-05-05"]);
}

#[test]
fn a_path_through_the_link_where_there_are_no_links() {
    let dir = tempfile::tempdir().unwrap();
    let base = fs::canonicalize(dir.path()).unwrap();
    let [current, named] = ["current", "2025-05-04"].map(|name| base.join(name));
    let paths = [&current, &current.join("app.log"), &named];
    for path in paths {
        assert_eq!(
            root::resolve_current(path.clone()),
            *path,
            "nothing names the folder"
        );
    }
    fs::create_dir(&named).unwrap();
    fs::write(base.join("current.txt"), "2025-05-04\r\n").unwrap();
    assert_eq!(root::resolve_current(current.clone()), named);
    assert_eq!(
        root::resolve_current(current.join("app.log")),
        named.join("app.log")
    );
    assert_eq!(tree_of(&root::resolve_current(current.clone())), base);
    fs::write(base.join("current.txt"), "../elsewhere").unwrap();
    assert_eq!(root::resolve_current(current.clone()), current);
    // What is there is not looked up.
    fs::write(base.join("current.txt"), "2025-05-04").unwrap();
    fs::create_dir(&current).unwrap();
    assert_eq!(root::resolve_current(current.clone()), current);
}

#[test]
fn what_stands_for_a_tree() {
    let dir = tempfile::tempdir().unwrap();
    let base = fs::canonicalize(dir.path()).unwrap().join("logs");
    assert!(!looks_like_tree(&base));
    assert_eq!(tree_of(&base), base);
    let folder = base.join("2025-05-04");
    fs::create_dir_all(&folder).unwrap();
    assert!(looks_like_tree(&base));
    assert!(!looks_like_tree(&folder));
    assert_eq!(tree_of(&folder), base);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("2025-05-04", base.join("current")).unwrap();
        assert_eq!(tree_of(&base.join("current")), base);
    }
    fs::write(dir.path().join(MANIFEST_FILE), "{}").unwrap();
    assert!(looks_like_tree(dir.path()));
}

//! Single files as a tree.

use std::fs;

use super::*;

fn files(paths: &[&str]) -> (tempfile::TempDir, io::Result<Root>) {
    let dir = tempfile::tempdir().unwrap();
    let made: Vec<PathBuf> = paths.iter().map(|path| dir.path().join(path)).collect();
    for path in &made {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if !path.ends_with("missing") {
            fs::write(path, "").unwrap();
        }
    }
    let root = Root::of_files(&made);
    (dir, root)
}

#[test]
fn files_are_streams_of_the_day_or_of_their_folder() {
    let (dir, root) = files(&[
        "2025-05-04__14-00/app.log",
        "2025-05-04__14-00/app.1.log.gz",
        "2025-05-04__15-00/app.log",
        "2025-05-04__15-00/app.log",
    ]);
    let Root::Files(files) = root.unwrap() else {
        panic!("these are files")
    };
    assert_eq!(files.base, dir.path());
    let names: Vec<(String, Vec<&str>)> = files
        .folders
        .iter()
        .map(|(folder, files)| {
            (
                folder.name(),
                files.iter().map(|(name, _)| &**name).collect(),
            )
        })
        .collect();
    let first = ("2025-05-04__14-00".to_owned(), vec!["app", "app.1"]);
    assert_eq!(
        names,
        [first, ("2025-05-04__15-00".to_owned(), vec!["app"])]
    );
}

#[test]
fn files_of_one_name_are_told_apart() {
    let (_dir, root) = files(&["a/x.txt", "b/x.txt"]);
    let Root::Files(files) = root.unwrap() else {
        panic!("these are files")
    };
    let names = files
        .folders
        .values()
        .flatten()
        .map(|(name, _)| name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["x.txt", "b/x.txt"]);
}

#[test]
fn what_is_no_file_is_said() {
    let (_dir, root) = files(&["a.log", "missing"]);
    let error = root.unwrap_err().to_string();
    assert!(error.contains("missing cannot be read: "), "{error}");
    let error = Root::of_files(&[std::env::temp_dir()])
        .unwrap_err()
        .to_string();
    assert!(error.ends_with("it is not a regular file"), "{error}");
}

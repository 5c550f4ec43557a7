//! What a wrong file leaves behind: nothing; and how its problems look.

use std::{fs, path::Path};

use chronologix::Config;

#[test]
fn each_problem_has_file_line_column_key_and_value() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("chronologix.toml");
    fs::write(&path, "[streams.app]\nformat = 'xml'\n").unwrap();
    let error = Config::from_toml_path(&path).unwrap_err();
    let [problem] = error.problems() else {
        panic!("{error}")
    };
    assert_eq!(problem.file(), Some(&*path));
    assert_eq!((problem.line(), problem.column()), (Some(2), Some(10)));
    assert_eq!(
        (problem.key(), problem.value()),
        ("streams.app.format", "xml")
    );
    let expected = format!(
        "{}:2:10: streams.app.format: unknown format \"xml\"; allowed: text, json",
        path.display()
    );
    assert_eq!(problem.to_string(), expected);
    assert_eq!(
        error.to_string(),
        format!("invalid configuration: {expected}")
    );
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing was made beside the file");
}

#[test]
fn files_that_cannot_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let check = |path: &Path, why: &str| {
        let error = Config::from_toml_path(path).unwrap_err();
        let [problem] = error.problems() else {
            panic!("{error}")
        };
        assert_eq!((problem.file(), problem.line()), (Some(path), None));
        let expected = format!("{}: cannot read the settings file: {why}", path.display());
        assert_eq!(problem.to_string(), expected);
    };
    let missing = dir.path().join("missing.toml");
    let why = fs::metadata(&missing).unwrap_err().to_string();
    check(&missing, &why);
    check(dir.path(), "it is not a regular file");
    let latin = dir.path().join("latin.toml");
    fs::write(&latin, b"base_log_dir = 'caf\xe9'").unwrap();
    check(&latin, "it is not UTF-8, or larger than 1 MiB");
    let large = dir.path().join("large.toml");
    fs::write(&large, "#".repeat(1 << 20) + "\n").unwrap();
    check(&large, "it is not UTF-8, or larger than 1 MiB");
}

/// A deployment points a symlink at the newest settings.
#[cfg(unix)]
#[test]
fn a_file_may_be_reached_by_a_symlink() {
    let dir = tempfile::tempdir().unwrap();
    let (path, link) = (dir.path().join("a.toml"), dir.path().join("b.toml"));
    fs::write(&path, "interval = '1h'").unwrap();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let config = Config::from_toml_path(&link).unwrap();
    assert!(config.validate().is_ok());
}

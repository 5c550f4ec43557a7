//! Where files may be written.

use std::io::Write as _;

use super::*;

fn write(base: &Path, path: &Path, text: &str) -> Result<(), Problem> {
    Ok(create(base, path)?.write_all(text.as_bytes())?)
}

#[test]
fn a_new_file_outside_of_the_tree_is_written() {
    let place = tempfile::tempdir().unwrap();
    let base = place.path().join("logs");
    fs::create_dir_all(base.join("2025-05-04")).unwrap();
    let path = place.path().join("out.txt");
    write(&base, &path, "one\ntwo\n").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
    let said = write(&base, &path, "three\n").unwrap_err().to_string();
    assert_eq!(said, "file exists; choose another name");
    assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
    let align_other = place.path().join("logs.txt");
    write(&base, &align_other, "").unwrap();
    let nowhere = place.path().join("nowhere/out.txt");
    assert!(matches!(
        write(&base, &nowhere, ""),
        Err(Problem::System(_))
    ));
    write(
        &place.path().join("missing"),
        &place.path().join("other.txt"),
        "",
    )
    .unwrap();
}

#[test]
fn nothing_is_written_in_the_tree() {
    let place = tempfile::tempdir().unwrap();
    let base = place.path().join("logs");
    fs::create_dir_all(base.join("2025-05-04")).unwrap();
    for inside in ["out.txt", "2025-05-04/out.txt", "2025-05-04/../out.txt"] {
        let said = write(&base, &base.join(inside), "x")
            .unwrap_err()
            .to_string();
        assert!(said.contains("log trees are read-only"), "{said}");
    }
    #[cfg(unix)]
    {
        let link = place.path().join("link");
        std::os::unix::fs::symlink(base.join("2025-05-04"), &link).unwrap();
        assert!(matches!(
            write(&base, &link.join("x"), "x"),
            Err(Problem::InTree)
        ));
        let dangling = place.path().join("dangling");
        std::os::unix::fs::symlink(base.join("new.txt"), &dangling).unwrap();
        assert!(matches!(write(&base, &dangling, "x"), Err(Problem::Exists)));
    }
    let left: Vec<_> = fs::read_dir(&base)
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(left, ["2025-05-04"]);
}

//! What a test says when statements came or went.

use super::changes;

#[test]
fn lines_that_came_and_went_are_shown() {
    assert_eq!(changes("a\nb\n", "a\nb\n"), None);
    let table: &[(&str, &str, &str)] = &[
        ("a\nb\n", "a\nc\n", "- b\n+ c"),
        ("a\n", "a\na\n", "+ a"),
        ("a\nb\n", "b\na\n", "the order of the lines"),
    ];
    for (reviewed, found, shown) in table {
        assert_eq!(changes(reviewed, found).as_deref(), Some(*shown), "{found}");
    }
}

#[test]
#[should_panic(expected = "UPDATE_CATALOGUE=1 writes it")]
fn a_missing_file_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log-statements.md");
    super::assert_catalogue(&path.display().to_string(), "");
}

//! Sessions on disk.

use super::*;

fn session(pattern: &str) -> Session {
    toml::from_str(&format!("wrap = true\nhighlights = [{pattern:?}]")).unwrap()
}

#[test]
fn each_tree_has_its_own() {
    let place = tempfile::tempdir().unwrap();
    let state = place.path().join("state/sessions");
    let [one, two] = ["one", "two"].map(|name| place.path().join(name));
    for base in [&one, &two] {
        fs::create_dir(base).unwrap();
    }
    assert_eq!(read(&state, &one), None);
    write(&state, &one, session("a")).unwrap();
    write(&state, &two, session("b")).unwrap();
    write(&state, &one, session("c")).unwrap();
    assert_eq!(read(&state, &one), Some(session("c")));
    assert_eq!(
        read(&state, &one.join("../two")),
        Some(session("b")),
        "by whatever name"
    );
    write(&state, &one, Session::default()).unwrap();
    assert_eq!(read(&state, &one), None);
    assert_eq!(
        fs::read_dir(&state).unwrap().count(),
        1,
        "nothing is left of it"
    );
    write(&state, &one, Session::default()).unwrap();
    write(&state, &place.path().join("missing"), session("a")).unwrap();
}

#[test]
fn a_file_of_another_kind_is_none() {
    let place = tempfile::tempdir().unwrap();
    let tree = fs::canonicalize(place.path()).unwrap();
    let state = place.path().join("state");
    fs::create_dir(&state).unwrap();
    for text in [
        "nonsense",
        "tree = \"/elsewhere\"\nwrap = true",
        "wrap = true",
    ] {
        fs::write(state.join(name_of(&tree)), text).unwrap();
        assert_eq!(read(&state, place.path()), None, "{text}");
    }
}

#[test]
fn nothing_is_kept_in_the_tree_itself() {
    let place = tempfile::tempdir().unwrap();
    let said = write(&place.path().join("state"), place.path(), session("a")).unwrap_err();
    assert!(said.to_string().contains("read-only"), "{said}");
}

#[test]
fn names_are_short_and_have_no_separators() {
    let long = format!("/{}/ž", "žluťoučký/".repeat(60));
    let name = name_of(Path::new(&long));
    assert!(
        name.len() <= LONGEST_NAME + 5 && !name.contains('/'),
        "{name}"
    );
    assert_eq!(name_of(Path::new("/var/logs")), "%var%logs.toml");
}

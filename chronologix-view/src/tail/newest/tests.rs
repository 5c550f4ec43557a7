//! The rule, without files.

use super::*;

fn folders(names: &[&str]) -> Vec<Folder> {
    names
        .iter()
        .map(|name| Folder::parse(name).unwrap())
        .collect()
}

#[track_caller]
fn check(names: &[&str], started: &str, filled: &[&str], expected: Option<&str>) {
    let started = Folder::parse(started).unwrap();
    let filled = folders(filled);
    let found = current(
        &folders(names),
        |folder| folder <= started,
        |folder| filled.contains(&folder),
    );
    assert_eq!(found.map(|folder| folder.name()).as_deref(), expected);
}

#[test]
fn neither_the_last_name_nor_the_clock_alone() {
    let [one, two, three] = [
        "2025-05-04__14-00",
        "2025-05-04__15-00",
        "2025-05-04__16-00",
    ];
    let all = [one, two, three];
    // The next folder is made ahead and is empty.
    check(&all, two, &[one, two], Some(two));
    // A quiet service: its time has come, nothing is in it.
    check(&all, two, &[one], Some(two));
    // The writer's clock is ahead of ours.
    check(&all, two, &[one, two, three], Some(three));
    check(&all, "2025-05-04__13-00", &[one], Some(one));
    // Everything is ahead of our clock, and empty.
    check(&all, "2025-05-04__13-00", &[], Some(one));
    check(&[], two, &[], None);
}

//! A real folder.

use super::*;

const LATER: DateTime<Utc> = DateTime::<Utc>::MAX_UTC;

#[test]
fn names_are_sorted_by_what_they_are() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("2025-05-04")).unwrap();
    fs::write(dir.path().join("b.log"), "").unwrap();
    fs::write(dir.path().join("a.log"), "").unwrap();
    let mut listing = Listing::new(dir.path().to_owned());
    listing.refresh(LATER).unwrap();
    assert_eq!(listing.folders(), ["2025-05-04"]);
    assert_eq!(listing.files(), ["a.log", "b.log"]);
}

#[test]
fn an_unsettled_folder_is_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut listing = Listing::new(dir.path().to_owned());
    // Long before the folder was made: the clocks differ, so nothing is settled.
    listing.refresh(DateTime::UNIX_EPOCH).unwrap();
    assert!(listing.read.is_some_and(|(.., is_settled)| !is_settled));
    listing.refresh(LATER).unwrap();
    assert!(listing.read.is_some_and(|(.., is_settled)| is_settled));
    fs::write(dir.path().join("a.log"), "").unwrap();
    listing.refresh(DateTime::UNIX_EPOCH).unwrap();
    assert_eq!(listing.files(), ["a.log"]);
}

#[test]
fn a_folder_that_is_gone_is_empty() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("logs");
    fs::create_dir(&path).unwrap();
    fs::write(path.join("a.log"), "").unwrap();
    let mut listing = Listing::new(path.clone());
    listing.refresh(LATER).unwrap();
    fs::remove_dir_all(&path).unwrap();
    assert_eq!(
        listing.refresh(LATER).unwrap_err().kind(),
        io::ErrorKind::NotFound
    );
    assert!(listing.files().is_empty() && listing.identity().is_none());
}

//! Names that are not UTF-8.

#![cfg(unix)]

use std::os::unix::ffi::OsStrExt as _;

use proptest::prelude::*;

use super::*;

#[test]
fn bytes_that_are_not_utf_8_are_shown() {
    for (name, shown) in [
        (&b"app.log"[..], "app.log"),
        (b"caf\xe9.log", r"caf\xe9.log"),
        ("café.log".as_bytes(), "café.log"),
        (b"\xff\xfe", r"\xff\xfe"),
        // What stands for a byte, as a name.
        ("\u{10feff}".as_bytes(), r"\xf4\x8f\xbb\xbf"),
    ] {
        let text = name_text(OsStr::from_bytes(name));
        assert_eq!(shown_name(&text), shown);
        let path = Path::new("logs").join(OsStr::from_bytes(name));
        assert_eq!(path_of(Path::new("logs"), &text), path);
        assert_eq!(shown_file_name(&path), shown);
        assert_eq!(shown_path(&path), format!("logs/{shown}"));
    }
}

proptest! {
    #[test]
    fn every_name_leads_back_to_its_file(name in proptest::collection::vec(1..=u8::MAX, 0..12)) {
        let name = OsStr::from_bytes(&name);
        let text = name_text(name);
        prop_assert_eq!(name_of(&text), name);
        prop_assert!(!shown_name(&text).contains(|letter| byte_of(letter).is_some()));
    }
}

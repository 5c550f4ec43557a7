//! Names of fields while they are typed.

use super::*;

#[test]
fn where_a_name_is_expected() {
    for (before, start) in [
        ("", Some(0)),
        ("sta", Some(0)),
        ("status>=500 and pa", Some(16)),
        ("status>=500 or (pa", Some(16)),
        ("not sta", Some(4)),
        ("!sta", Some(1)),
        ("status>=", None),
        ("status>=50", None),
        ("status > ", None),
        ("user=\"Ann L", None),
        ("status 5", None),
        ("standor x", None),
        ("žluť", Some(0)),
    ] {
        assert_eq!(name_start(Purpose::Where, before), start, "{before:?}");
    }
    assert_eq!(name_start(Purpose::Search, "sta"), None);
}

//! Which slips are forgiven.

use super::nearest;

#[test]
fn a_slip_or_two_find_what_was_meant() {
    let names = ["app", "audit", "errors", "http"];
    for (word, expected) in [
        ("adit", Some("audit")),
        ("auidt", Some("audit")),
        ("Errors", Some("errors")),
        ("apps", Some("app")),
        ("foo", None),
        ("", None),
    ] {
        assert_eq!(nearest(word, names), expected, "{word:?}");
    }
}

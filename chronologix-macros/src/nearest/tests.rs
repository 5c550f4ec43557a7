//! Which slips are forgiven.

use super::nearest;

#[test]
fn finds_what_was_meant() {
    let names = ["app", "audit", "errors", "http"];
    for (word, expected) in [
        ("adit", Some("audit")),
        ("auidt", Some("audit")),
        ("error", Some("errors")),
        ("Errors", Some("errors")),
        ("apps", Some("app")),
        ("htpp", Some("http")),
        ("foo", None),
        ("a", None),
        ("", None),
    ] {
        assert_eq!(nearest(word, names), expected, "{word:?}");
    }
}

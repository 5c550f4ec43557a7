//! A settings file in place of streams.

use insta::assert_snapshot;

use super::{mistakes, shown};

#[test]
fn beside_a_file() {
    let attribute = r#"config = "src/streams/tests/example.toml""#;
    assert_snapshot!(shown(attribute, "fn main() {}"));
}

#[test]
fn names_that_cannot_be_constants_are_told_where_they_stand() {
    let file = "src/streams/tests/constants.toml";
    let found = mistakes(&format!("config = \"{file}\","));
    let expected = [
        "8:10: streams: \"a b\" is not a stream name; allowed: 1 to 64 of A-Z a-z 0-9 _ -",
        "3:10: streams.my-app: the name of a constant has no `-`, and begins with a letter; use `_`, or start these streams with `Config::from_toml_path`",
        "4:10: streams.9: the name of a constant has no `-`, and begins with a letter; use `_`, or start these streams with `Config::from_toml_path`",
        "5:10: streams._: this word cannot be the name of a constant; choose another name",
        "6:10: streams.self: this word cannot be the name of a constant; choose another name",
        "7:10: streams.config: `config` is the function that starts the streams; choose another name",
    ];
    let expected = expected.map(|message| format!("{file}:{message}"));
    assert_eq!(found, expected);
}

#[test]
fn says_what_is_wrong_with_the_attribute() {
    for (attribute, message) in [
        (
            "config = x",
            "expected the path of a file, as in `config = \"chronologix.toml\"`",
        ),
        (
            "config =",
            "expected the path of a file, as in `config = \"chronologix.toml\"`",
        ),
        (
            "config = \"x.toml\", app",
            "`config` stands alone: the streams are those of the file",
        ),
        (
            "app, config = \"x.toml\"",
            "`config` stands alone: the streams are those of the file",
        ),
        (
            "config = \"/etc/x.toml\"",
            "/etc/x.toml would be found on this machine alone; name a path that begins at the folder of Cargo.toml",
        ),
    ] {
        assert_eq!(mistakes(attribute)[0], message, "{attribute}");
    }
    let missing = &mistakes("config = \"missing.toml\"")[0];
    assert!(missing.starts_with("cannot read "), "{missing}");
    assert!(missing.ends_with("missing.toml: No such file or directory (os error 2); the path begins at the folder of Cargo.toml"));
}

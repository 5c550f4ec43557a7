//! A settings file in place of streams.

use std::fs;

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
        "3:10: streams: \"my-app\" cannot be the name of a constant; choose an identifier, or start these streams with `Config::from_toml_path`",
        "4:10: streams: \"9\" cannot be the name of a constant; choose an identifier, or start these streams with `Config::from_toml_path`",
        "5:10: streams: \"_\" cannot be the name of a constant; choose an identifier, or start these streams with `Config::from_toml_path`",
        "6:10: streams: \"self\" cannot be the name of a constant; choose an identifier, or start these streams with `Config::from_toml_path`",
        "7:10: streams: `config` is the function that returns the configuration; choose another name",
        "8:10: streams: \"a b\" is not a stream name; allowed: 1 to 64 of A-Z a-z 0-9 _ -",
    ];
    let expected = expected.map(|message| format!("{file}:{message}"));
    assert_eq!(found, expected);
}

/// The files of `tests/config`, which a program that reads them must take and refuse alike.
#[test]
fn takes_and_refuses_the_files_that_a_program_does() {
    for folder in ["good", "bad/form", "bad/meaning"] {
        let folder = format!("../tests/config/{folder}");
        assert!(fs::read_dir(&folder).unwrap().count() > 10, "{folder}");
        for entry in fs::read_dir(&folder).unwrap() {
            let file = format!("{folder}/{}", entry.unwrap().file_name().display());
            let text = fs::read_to_string(&file).unwrap();
            let expected = text.lines().filter_map(|line| line.strip_prefix("#~ "));
            let expected = expected.map(|told| format!("{file}:{told}"));
            let mut found = mistakes(&format!("config = {file:?}"));
            // A constant needs a narrower name than a stream.
            found.retain(|why| !why.contains("cannot be the name of a constant"));
            assert_eq!(found, expected.collect::<Vec<_>>(), "{file}");
        }
    }
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
            "`config` stands alone: the file names the streams",
        ),
        (
            "app, config = \"x.toml\"",
            "`config` stands alone: the file names the streams",
        ),
        (
            "config = \"/etc/x.toml\"",
            "/etc/x.toml is an absolute path, which other machines do not have; begin it at the folder of Cargo.toml",
        ),
    ] {
        assert_eq!(mistakes(attribute)[0], message, "{attribute}");
    }
    let missing = &mistakes("config = \"missing.toml\"")[0];
    assert!(missing.starts_with("cannot read "), "{missing}");
    assert!(missing.ends_with("missing.toml: No such file or directory (os error 2); the path begins at the folder of Cargo.toml"));
}

//! The page of the docs: its file names every key, and says what is meant without it.

use std::{collections::BTreeSet, fs, path::Path};

use chronologix::Config;

/// The first TOML on the page.
fn file() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/docs/config.md");
    let page = fs::read_to_string(path).unwrap();
    let (_, rest) = page.split_once("```toml\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_file_of_the_page_is_one() {
    Config::from_toml_str(&file()).unwrap().validate().unwrap();
}

#[test]
fn the_file_of_the_page_names_every_key() {
    let written: BTreeSet<String> = file()
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, _)| key.trim_start_matches("# ").to_owned())
        .collect();
    for text in ["zebra = 1", "streams.app.zebra = 1"] {
        let error = Config::from_toml_str(text).unwrap_err().to_string();
        let (_, names) = error.split_once("allowed: ").unwrap();
        for key in names.split(", ").filter(|key| *key != "streams") {
            assert!(
                written.contains(key) || file().contains(&format!("[{key}]")),
                "{key}"
            );
        }
    }
}

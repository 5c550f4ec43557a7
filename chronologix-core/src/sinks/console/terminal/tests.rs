//! When lines are coloured, and which programs are tests.

use std::{collections::HashMap, ffi::OsString, path::Path};

use super::{decide, is_test_program};
use crate::Colors;

/// Whether it is a terminal, what is set, and whether there are colours.
type Case = (bool, &'static [(&'static str, &'static str)], bool);

#[test]
fn the_program_counts_before_the_environment_and_no_before_yes() {
    const ABLE: (&str, &str) = ("TERM", "xterm");
    let environments: [Case; 15] = [
        (true, &[ABLE], true),
        (true, &[], false),
        (true, &[("TERM", "dumb")], false),
        (true, &[("WT_SESSION", "1")], true),
        (false, &[ABLE], false),
        (true, &[ABLE, ("NO_COLOR", "1")], false),
        (true, &[ABLE, ("NO_COLOR", "")], true),
        (true, &[ABLE, ("CLICOLOR", "0")], false),
        (true, &[ABLE, ("CLICOLOR", "1")], true),
        (false, &[("CLICOLOR_FORCE", "1")], true),
        (false, &[("CLICOLOR_FORCE", "0")], false),
        (false, &[("CLICOLOR_FORCE", "")], false),
        (true, &[ABLE, ("CLICOLOR_FORCE", "0")], true),
        (false, &[("CLICOLOR_FORCE", "1"), ("CLICOLOR", "0")], true),
        (false, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
    ];
    for (is_terminal, environment, expected) in environments {
        let set = environment.iter().copied().collect::<HashMap<_, _>>();
        let look = |name: &str| set.get(name).map(OsString::from);
        let seen = decide(Colors::Auto, is_terminal, look);
        assert_eq!(seen, expected, "{is_terminal} {environment:?}");
        assert!(decide(Colors::Always, is_terminal, look));
        assert!(!decide(Colors::Never, is_terminal, look));
    }
}

#[test]
fn a_test_program_is_known_by_where_cargo_puts_it() {
    for (path, expected) in [
        ("/x/target/debug/deps/it-80a1efcc97b7ffba", true),
        ("/x/target/debug/deps/my-crate-80a1efcc97b7ffba.exe", true),
        ("/x/target/release/deps/it-80a1efcc97b7ffba", true),
        ("/x/target/debug/it-80a1efcc97b7ffba", false),
        ("/x/target/debug/deps/it", false),
        ("/x/target/debug/deps/it-80a1efcc97b7ffb", false),
        ("/usr/bin/service", false),
        ("", false),
    ] {
        assert_eq!(is_test_program(Path::new(path)), expected, "{path}");
    }
    assert!(is_test_program(&std::env::current_exe().unwrap()));
}

//! Levels and messages of lines, compared with those of the parser of text.

use proptest::prelude::*;

use super::*;
use crate::record::{level, message};

fn check(line: &str) -> Result<(), TestCaseError> {
    let found = behind_stamp(line.as_bytes());
    let (of_line, text) = found.map_or((None, line.as_bytes()), split_level);
    prop_assert_eq!(of_line, level(line, None), "{}", line);
    let expected = message(line, None);
    prop_assert_eq!(text, expected.as_bytes(), "{}", line);
    Ok(())
}

#[test]
fn levels_stand_behind_the_timestamp() {
    let lines = [
        "[14:02:07] [INFO] read",
        "[14:02:07] [WARN] ",
        "[14:02:07] [WARN]",
        "[14:02:07] [INFORM] read",
        "[14:02:07] [error] read",
        "[14:02:07] CRITICAL read",
        "[14:02:07] WARNING: read",
        "[14:02:07] FATAL",
        "[14:02:07] I read",
        "[14:02:07] ",
        "[14:02:07]",
        "[14]02] [DEBUG] read",
        "\tat main.rs",
        "",
    ];
    for line in lines {
        check(line).unwrap();
    }
    for level in Level::ALL {
        check(&format!("[14:02:07] [{level}] {level} read")).unwrap();
        check(&format!("[14:02:07] {level} {level} read")).unwrap();
    }
}

proptest! {
    #[test]
    fn a_line_is_read_as_the_text_is(
        line in "(\\[|\\]|\\] | |14|INFO|WARN|ERROR|WARNING|FATAL|C|x){0,8}",
    ) {
        check(&line)?;
    }
}

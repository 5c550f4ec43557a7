//! Which first lines are headers.

use super::*;

#[test]
fn a_header_is_the_whole_first_line() {
    let header = "# chronologix/1 stream=a folder=2025-05-04 file=a.log run=1\n";
    let json = "{\"chronologix\":1,\"stream\":\"a\"}\n";
    for header in [header, json] {
        let file = format!("{header}[14:00:00] one\n");
        assert_eq!(header_in(file.as_bytes()), Some(header.len()));
        // It is being written.
        assert_eq!(header_in(&header.as_bytes()[..header.len() - 1]), None);
    }
    for line in [
        "",
        "# other\n",
        "[14:00:00] # chronologix/1\n",
        "{\"message\":\"chronologix\"}\n",
    ] {
        assert_eq!(header_in(line.as_bytes()), Some(0), "{line}");
    }
}

#[test]
fn a_long_first_line_is_a_record() {
    let line = format!("# chronologix/{}\n", "x".repeat(LONGEST_HEADER));
    assert_eq!(header_in(line.as_bytes()), Some(0));
}

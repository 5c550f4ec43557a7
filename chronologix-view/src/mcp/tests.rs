//! What a client learns of the tools.

use std::collections::BTreeSet;

use super::*;

#[test]
fn tools_have_names_of_their_own_and_are_described() {
    let names: BTreeSet<&str> = TOOLS.iter().map(|tool| tool.name).collect();
    assert_eq!(names.len(), TOOLS.len());
    assert!(
        TOOLS.iter().all(|tool| INSTRUCTIONS.contains(tool.name)),
        "{names:?}"
    );
}

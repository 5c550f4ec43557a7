//! Numbers are found by all texts that a message begins with.

use proptest::{collection::vec, prelude::*};

use super::*;

/// Returns whether a message begins with a text.
fn begins(message: &[u8], text: &[u8]) -> bool {
    match text {
        [] => true,
        [INTEGER, rest @ ..] => {
            integer(message).is_some_and(|length| begins(&message[length..], rest))
        }
        [first, rest @ ..] => message.first() == Some(first) && begins(&message[1..], rest),
    }
}

proptest! {
    #[test]
    fn all_prefixes_are_found(
        texts in vec("(a|b|-|\\x00[ab-]|12){0,4}", 0..20),
        message in "[ab12-]{0,8}",
    ) {
        let mut tree = PrefixTree::default();
        for (number, text) in texts.iter().enumerate() {
            tree.add(text.as_bytes(), number);
        }
        let mut found = Vec::new();
        tree.each_prefix(message.as_bytes(), &mut |number| found.push(number));
        found.sort_unstable();
        let is_found =
            |number: &usize| begins(message.as_bytes(), texts[*number].as_bytes());
        let expected: Vec<usize> = (0..texts.len()).filter(is_found).collect();
        prop_assert_eq!(found, expected);
    }
}

//! Numbers are found by all texts that a message begins with.

use proptest::{collection::vec, prelude::*};

use super::*;

/// Returns what stands behind the text that a message begins with.
fn rest_behind<'m>(message: &'m [u8], text: &[u8]) -> Option<&'m [u8]> {
    match text {
        [] => Some(message),
        [INTEGER, rest @ ..] => rest_behind(&message[integer(message)?..], rest),
        [first, rest @ ..] => rest_behind(message.strip_prefix(&[*first])?, rest),
    }
}

proptest! {
    #[test]
    fn all_prefixes_are_found(
        texts in vec("(a|b|-|\\x00[ab-]|12){0,4}", 0..20),
        message in "[ab12-]{0,8}",
    ) {
        let numbered = texts.iter().enumerate();
        let numbered = numbered.map(|(number, text)| (text.clone().into_bytes(), number));
        let tree = PrefixTree::of(numbered.collect());
        let mut found = Vec::new();
        tree.each_prefix(message.as_bytes(), &mut |number, rest| found.push((number, rest)));
        found.sort_unstable();
        let expected = (0..texts.len()).filter_map(|number| {
            let rest = rest_behind(message.as_bytes(), texts[number].as_bytes())?;
            Some((number, rest))
        });
        prop_assert_eq!(found, expected.collect::<Vec<_>>());
    }

    #[test]
    fn what_stands_behind_a_text_is_found(message in "[ab]{0,20}", text in "[ab]{0,20}", cut in 0..20_usize) {
        let (message, text) = (message.as_bytes(), text.as_bytes());
        let begin = &message[..cut.min(message.len())];
        prop_assert_eq!(behind(message, begin), message.strip_prefix(begin));
        prop_assert_eq!(behind(message, text), message.strip_prefix(text));
    }
}

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
    fn a_text_is_alone_if_no_message_begins_with_it_and_another(
        texts in vec("(a|b|-|\\x00[ab-]|12){0,4}", 1..8),
        message in "[ab12-]{0,8}",
    ) {
        let all = texts.iter().map(|text| text.clone().into_bytes()).zip(0..);
        let tree = PrefixTree::of(all.collect());
        let mut found = Vec::new();
        tree.each_prefix(message.as_bytes(), &mut |number, _| found.push(number));
        if let [one, _, ..] = found[..] {
            prop_assert!(!tree.is_alone(texts[one].as_bytes()), "{:?} {}", texts[one], message);
        }
        let single = PrefixTree::of(vec![(texts[0].clone().into_bytes(), 0)]);
        prop_assert!(single.is_alone(texts[0].as_bytes()));
    }
}

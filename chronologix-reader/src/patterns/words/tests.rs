//! Words and the texts they are read from.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn a_word_is_eight_bytes(text in "[a-z0-9\\x7f-\\xff]{0,20}", at in 0_usize..24) {
        let text = text.as_bytes();
        let rest = text.get(at..).unwrap_or_default();
        let word = word_at(text, at);
        prop_assert_eq!(word, word_of(rest));
        for (index, byte) in word.to_le_bytes().into_iter().enumerate() {
            prop_assert_eq!(byte, rest.get(index).copied().unwrap_or(0));
        }
        let some = rest.len().min(at);
        prop_assert_eq!(word & ones(some), word_of(&rest[..some]));
    }

    #[test]
    fn an_integer_ends_where_its_digits_do(text in "-?[0-9]{0,20}[^0-9]?\\PC{0,3}") {
        let text = text.as_bytes();
        let sign = usize::from(text.starts_with(b"-"));
        let digits = text[sign..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        prop_assert_eq!(integer(text), (digits > 0).then_some(sign + digits));
    }

    #[test]
    fn letters_end_where_digits_begin(text in "[a-z ]{0,9}[0-9]{0,9}[a-z]{0,3}") {
        let text = text.as_bytes();
        let digits = text.iter().position(u8::is_ascii_digit);
        prop_assert_eq!(letters_of(word_at(text, 0)), digits.unwrap_or(WORD).min(WORD));
    }

    #[test]
    fn what_stands_behind_a_text_is_found(
        message in "[ab]{0,30}",
        text in "[ab]{0,30}",
        cut in 0..30_usize,
    ) {
        let (message, text) = (message.as_bytes(), text.as_bytes());
        let begin = &message[..cut.min(message.len())];
        prop_assert_eq!(behind(message, begin), message.strip_prefix(begin));
        prop_assert_eq!(behind(message, text), message.strip_prefix(text));
    }
}

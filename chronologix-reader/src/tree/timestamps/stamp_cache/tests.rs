//! Timestamps that differ in their fractions.

use proptest::prelude::*;

use super::*;

/// Parses `14:02:07.250`, as long as the fraction has two to nine digits.
fn parse(stamp: &str) -> Option<DateTime<Utc>> {
    let fraction = stamp.get(9..).unwrap_or_default();
    let is_right = fraction.is_empty() || (2..=9).contains(&fraction.len());
    let text = format!("2025-05-04T{}Z", stamp.replace(',', "."));
    text.parse().ok().filter(|_| is_right)
}

#[test]
fn a_fraction_ends_with_the_brackets() {
    let mut cache = StampCache::default();
    let read = cache.read("14:02:07.250", parse).unwrap();
    let of = |line: &str| {
        let (instant, rest) = cache.of_line(line.as_bytes())?;
        let after = (instant - read).num_nanoseconds()?;
        Some((after, str::from_utf8(rest).unwrap().to_owned()))
    };
    let found = |after: i64, rest: &str| Some((after, rest.to_owned()));
    assert_eq!(of("[14:02:07.250] x"), found(0, "x"));
    assert_eq!(of("[14:02:07.250000001] "), found(1, ""));
    assert_eq!(
        of("[14:02:07.125] [INFO] x"),
        found(-125_000_000, "[INFO] x")
    );
    // Fewer digits may mean something else.
    assert_eq!(of("[14:02:07.25] x"), None);
    assert_eq!(of("[14:02:07.2500000000] x"), None);
    assert_eq!(of("[14:02:08.250] x"), None);
    assert_eq!(of("[14:02:07.250]x"), None);
    assert_eq!(of("14:02:07.250] x"), None);
    assert_eq!(of("[14:02:07.25"), None);
}

#[test]
fn a_whole_second_is_remembered_as_it_is() {
    let mut cache = StampCache::default();
    let read = cache.read("14:02:07", parse).unwrap();
    assert_eq!(cache.of_line(b"[14:02:07] x"), Some((read, &b"x"[..])));
    assert_eq!(cache.of_line(b"[14:02:07.5] x"), None);
    assert_eq!(cache.read("no time", parse), None);
    assert_eq!(cache.of_line(b"[no time] x"), None);
}

proptest! {
    #[test]
    fn what_is_remembered_changes_no_answer(
        stamps in proptest::collection::vec("14:02:0[78]([.,][0-9]{1,10})?", 1..8),
    ) {
        let mut cache = StampCache::default();
        for stamp in stamps {
            prop_assert_eq!(cache.read(&stamp, parse), parse(&stamp), "{}", stamp);
            if let Some((instant, rest)) = cache.of_line(format!("[{stamp}] x").as_bytes()) {
                prop_assert_eq!((Some(instant), rest), (parse(&stamp), &b"x"[..]));
            }
        }
    }
}

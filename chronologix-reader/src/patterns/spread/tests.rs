//! Spreads of known times.

use proptest::prelude::*;

use super::*;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}

fn of(seconds: &[i64]) -> TimeSpread {
    let mut spread = TimeSpread::default();
    for second in seconds {
        spread.add_record(at(*second));
    }
    spread
}

fn total(spread: &TimeSpread) -> u64 {
    spread
        .records
        .iter()
        .map(|records| u64::from(*records))
        .sum()
}

#[test]
fn columns_follow_the_time() {
    let spread = of(&[100, 100, 131, 163]);
    assert_eq!(spread.columns((at(100), at(163)), 4), [2, 1, 0, 1]);
    // An earlier or later window has them in its part.
    assert_eq!(spread.columns((at(100), at(355)), 4), [4, 0, 0, 0]);
    assert_eq!(TimeSpread::default().columns((at(0), at(9)), 3), [0, 0, 0]);
    assert_eq!(of(&[7]).columns((at(7), at(7)), 2), [1, 0]);
}

#[test]
fn an_earlier_time_needs_no_longer_slices_if_there_is_room() {
    let spread = of(&[100, 90]);
    assert_eq!((spread.width, spread.first), (0, 90));
    assert_eq!(of(&[0, 1 << 40]).records.iter().sum::<u32>(), 2);
}

proptest! {
    #[test]
    fn no_record_is_lost_and_the_order_is_no_matter(
        seconds in prop::collection::vec(-5_000_000_000_i64..5_000_000_000, 0..60),
        split in 0_usize..60,
    ) {
        let (one, other) = seconds.split_at(split.min(seconds.len()));
        let (mut merged, other) = (of(one), of(other));
        merged.add(&other);
        prop_assert_eq!(total(&merged), seconds.len() as u64);
        if let (Some(first), Some(last)) = (seconds.iter().min(), seconds.iter().max()) {
            let columns = merged.columns((at(*first), at(*last)), 16);
            prop_assert_eq!(columns.iter().sum::<u64>(), seconds.len() as u64);
            prop_assert!(columns[0] > 0);
        }
    }
}

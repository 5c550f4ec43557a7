//! Limits and shares.

use super::*;

#[test]
fn a_low_limit_leaves_room_for_all_readers() {
    assert_eq!(share_of(256), 32);
    assert_eq!(share_of(1024), 128);
    assert!(share() > 0);
}

//! The files of a device that goes on failing.

use super::SyncPatience;

/// The files that come of so many syncs, which fail where `fails` says so.
fn files(syncs: u32, fails: impl Fn(u32) -> bool) -> u32 {
    let mut patience = SyncPatience::default();
    let mut files = 0;
    for at in 0..syncs {
        let is_over = patience.is_over();
        patience.note(!fails(at));
        if fails(at) && is_over {
            files += 1;
            patience.begin_again();
        }
    }
    files
}

#[test]
fn the_first_failure_leads_to_another_file_and_a_device_that_fails_on_to_no_more() {
    assert_eq!(files(1_000, |at| at == 500), 1);
    assert_eq!(files(1_000, |_| true), 1);
    // Every second one succeeds: two in a row never do.
    assert_eq!(files(1_000, |at| at % 2 == 0), 2);
    // It works well for long, again and again.
    assert_eq!(files(1_000, |at| at % 100 == 99), 10);
}

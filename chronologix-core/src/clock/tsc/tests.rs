//! Which words of the kernel mean the time stamp counter.

use super::here::{is_tsc, kernel_trusts_tsc};

#[test]
fn only_the_counter_itself_is_trusted() {
    assert!(is_tsc("tsc\n"));
    for other in [
        "",
        "\n",
        "hpet\n",
        "kvm-clock\n",
        "tsc-early\n",
        "hyperv_clocksource_tsc_page\n",
        "tsc hpet\n",
    ] {
        assert!(!is_tsc(other), "{other:?}");
    }
}

#[test]
fn the_answer_does_not_change_from_one_question_to_the_next() {
    assert_eq!(kernel_trusts_tsc(), kernel_trusts_tsc());
}

//! A queue with both of its ends in one thread.
#![no_main]

#[path = "../properties"]
#[allow(dead_code, reason = "the targets share some modules, each uses a part")]
mod properties {
    pub(crate) mod feed;
    pub(crate) mod spsc_queue;
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| properties::spsc_queue::check(data));

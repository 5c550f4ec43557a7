//! A lane with both of its ends in one thread.
#![no_main]

#[path = "../properties"]
#[allow(dead_code, reason = "the targets share some modules, each uses a part")]
mod properties {
    pub(crate) mod feed;
    pub(crate) mod lane;
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| properties::lane::check(data));

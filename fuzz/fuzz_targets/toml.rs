//! Settings files.
#![no_main]

#[path = "../properties"]
#[allow(dead_code, reason = "the targets share some modules, each uses a part")]
mod properties {
    pub(crate) mod feed;
    pub(crate) mod toml;
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| properties::toml::check(data));

//! Arguments on their way from the caller to the line.
#![no_main]

#[path = "../properties"]
#[allow(dead_code, reason = "the targets share some modules, each uses a part")]
mod properties {
    pub(crate) mod arguments;
    pub(crate) mod feed;
    pub(crate) mod fields;
    pub(crate) mod line_rule;
    pub(crate) mod record_encoding;
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| properties::record_encoding::check(data));

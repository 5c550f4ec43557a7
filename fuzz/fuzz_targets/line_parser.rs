//! Lines, stamps, folder names and descriptions, written and read.
#![no_main]

#[path = "../properties"]
#[allow(dead_code, reason = "the targets share some modules, each uses a part")]
mod properties {
    pub(crate) mod arguments;
    pub(crate) mod feed;
    pub(crate) mod fields;
    pub(crate) mod line_parser;
    pub(crate) mod line_rule;
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| properties::line_parser::check(data));

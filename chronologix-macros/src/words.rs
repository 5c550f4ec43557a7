//! The words that settings are made of. Knows no syn.

/// The options of a stream that take one of a few words.
pub(crate) const OPTIONS: [(&str, &[&str]); 5] = [
    ("durability", &["queued", "written", "synced"]),
    ("format", &["text", "json"]),
    (
        "min_level",
        &["trace", "debug", "info", "warn", "error", "critical"],
    ),
    ("multiline", &["escape", "indent"]),
    ("overflow", &["wait", "drop"]),
];

/// The option of a stream that takes the name of its file.
pub(crate) const FILE: &str = "file";

/// The option of a stream that takes a period.
pub(crate) const DEDUP: &str = "dedup";

/// Names that Windows keeps for devices, in any case and with any extension.
pub(crate) const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// As long as the name of a stream may be.
pub(crate) const LONGEST_NAME: usize = 64;

/// As long as the name of a file may be.
pub(crate) const LONGEST_FILE: usize = 128;

//! How large a file may be allowed to become.

use crate::{Config, config::UpkeepSettings};

#[track_caller]
fn checked(config: &Config) -> UpkeepSettings {
    config.check().unwrap().upkeep
}

/// The one problem, as text.
#[track_caller]
fn problem(config: &Config) -> String {
    let error = config.validate().unwrap_err();
    assert_eq!(error.problems().len(), 1, "{error}");
    error.problems()[0].to_string()
}

#[test]
fn a_limit_below_a_page_is_refused() {
    assert_eq!(
        problem(&Config::new().max_file_size("4095B")),
        "max_file_size: 4095 bytes; allowed: 4096 (4KiB) or more"
    );
    assert_eq!(
        problem(&Config::new().max_file_size("big")),
        r#"max_file_size: unknown size "big"; allowed: a number of bytes, or one with a unit: B, KiB, MiB, GiB, TiB, kB, MB, GB, TB"#
    );
    let config = Config::new().max_file_size("4KiB");
    assert_eq!(checked(&config).max_file_size, Some(4096));
    let config = Config::new().max_file_size(1 << 20);
    assert_eq!(checked(&config).max_file_size, Some(1 << 20));
}

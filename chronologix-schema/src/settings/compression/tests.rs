//! Formats and their levels, as text and as values.

use super::CompressionSetting;
use crate::settings::options::Compression;

fn problem(text: &str) -> String {
    text.parse::<CompressionSetting>().unwrap_err().to_string()
}

#[test]
fn a_setting_is_its_text() {
    for (text, setting, level) in [
        ("zst", Compression::Zst.into(), 3),
        ("zst:1", Compression::Zst.level(1), 1),
        ("zst:22", Compression::Zst.level(22), 22),
        ("gz", Compression::Gz.into(), 6),
        ("gz:9", Compression::Gz.level(9), 9),
        ("tar.zst:19", Compression::TarZst.level(19), 19),
        ("tar.gz:1", Compression::TarGz.level(1), 1),
        ("zip", Compression::Zip.into(), 6),
        ("zip:9", Compression::Zip.level(9), 9),
    ] {
        assert_eq!(text.parse(), Ok(setting), "{text}");
        assert_eq!(setting.to_string(), text);
        assert_eq!((setting.level(), setting.check()), (level, Ok(setting)));
    }
}

#[test]
fn a_level_that_the_format_does_not_have_names_those_it_has() {
    for (text, allowed) in [
        ("zst:0", "zst:1 to zst:22"),
        ("zst:23", "zst:1 to zst:22"),
        ("zst:300", "zst:1 to zst:22"),
        ("zst:-5", "zst:1 to zst:22"),
        ("zst:", "zst:1 to zst:22"),
        ("zst:+3", "zst:1 to zst:22"),
        ("zst:03", "zst:1 to zst:22"),
        ("zst:high", "zst:1 to zst:22"),
        ("zst:3:4", "zst:1 to zst:22"),
        ("zst: 3", "zst:1 to zst:22"),
        ("gz:10", "gz:1 to gz:9"),
        ("gz:0", "gz:1 to gz:9"),
        ("tar.zst:23", "tar.zst:1 to tar.zst:22"),
        ("tar.gz:10", "tar.gz:1 to tar.gz:9"),
        ("zip:10", "zip:1 to zip:9"),
    ] {
        let expected = format!("unknown compression level {text:?}; allowed: {allowed}");
        assert_eq!(problem(text), expected);
    }
    let setting = Compression::Gz.level(19);
    assert_eq!(setting.check().unwrap_err().to_string(), problem("gz:19"));
}

#[test]
fn a_format_that_is_not_known_names_all() {
    for text in ["rar", "rar:3", "", ":3", "ZST", "zst 3"] {
        let allowed = "zst, gz, tar.zst, tar.gz, zip, also with a level, such as zst:19";
        let expected = format!("unknown compression {text:?}; allowed: {allowed}");
        assert_eq!(problem(text), expected);
    }
}

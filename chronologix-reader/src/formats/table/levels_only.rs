//! Formats of text lines without a time.

use chronologix_schema::Level::{Debug, Error, Info, Warn};

use super::{
    TextRow,
    words::{MICROSOFT, WINSTON, XORG},
};

/// The formats. They are tried last.
pub(in crate::formats) const LEVELS_ONLY: &[TextRow] = &[
    TextRow::new("Python", "{level:upper}:{logger:word}:{message}"),
    TextRow::new(
        "Microsoft console",
        "{level:own}: {logger}[{event:int}]{? {message}?}",
    )
    .levels(MICROSOFT),
    TextRow::new("logcat", "{level:letter}/{tag:text}({pid:text}): {message}"),
    TextRow::new(
        "log4j",
        "{elapsed:int} [{thread}] {level:upper} {logger} - {message}",
    ),
    TextRow::new("log4j", "{level:upper} [{thread}] {logger}: {message}"),
    TextRow::new("flexi_logger", "{level:upper} [{logger}] {message}"),
    TextRow::new(
        "pretty_env_logger",
        "{level:upper} {logger:path} > {message}",
    ),
    TextRow::new("level", "{level:upper}: {message}"),
    TextRow::new("[level]", "[{level:upper}] {message}"),
    TextRow::new("sbt", "[{level:own}] {message}").levels(&[
        ("debug", Debug),
        ("info", Info),
        ("success", Info),
        ("warn", Warn),
        ("error", Error),
    ]),
    TextRow::new("winston", "{level:own}: {message}").levels(WINSTON),
    TextRow::new("Xorg", "[{? ?}{uptime:number}] ({level:own}) {message}").levels(XORG),
];

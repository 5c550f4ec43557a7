//! The words and marks that single programs have for levels.

use chronologix_schema::Level::{self, Critical, Debug, Error, Info, Trace, Warn};

/// Words or marks with what they stand for.
type LevelWords = &'static [(&'static str, Level)];

/// The words of `PostgreSQL`.
pub(super) const POSTGRES: LevelWords = &[
    ("DEBUG", Debug),
    ("DEBUG1", Debug),
    ("DEBUG2", Debug),
    ("DEBUG3", Debug),
    ("DEBUG4", Debug),
    ("DEBUG5", Debug),
    ("LOG", Info),
    ("INFO", Info),
    ("NOTICE", Info),
    ("WARNING", Warn),
    ("ERROR", Error),
    ("FATAL", Critical),
    ("PANIC", Critical),
];

/// The words of PHP's own errors.
pub(super) const PHP: LevelWords = &[
    ("Fatal error", Critical),
    ("Parse error", Critical),
    ("Compile error", Critical),
    ("Core error", Critical),
    ("Recoverable fatal error", Error),
    ("Catchable fatal error", Error),
    ("Warning", Warn),
    ("Deprecated", Info),
    ("Notice", Info),
    ("Strict Standards", Info),
];

/// The marks of the X server.
pub(super) const XORG: LevelWords = &[
    ("EE", Error),
    ("WW", Warn),
    ("NI", Warn),
    ("II", Info),
    ("==", Info),
    ("**", Info),
    ("++", Info),
    ("!!", Info),
    ("--", Info),
    ("DB", Debug),
];

/// The words of winston.
pub(super) const WINSTON: LevelWords = &[
    ("error", Error),
    ("warn", Warn),
    ("info", Info),
    ("http", Info),
    ("verbose", Debug),
    ("debug", Debug),
    ("silly", Trace),
];

/// The words of Microsoft's console.
pub(super) const MICROSOFT: LevelWords = &[
    ("trce", Trace),
    ("dbug", Debug),
    ("info", Info),
    ("warn", Warn),
    ("fail", Error),
    ("crit", Critical),
];

/// The words of logrus in a terminal.
pub(super) const LOGRUS: LevelWords = &[
    ("TRAC", Trace),
    ("DEBU", Debug),
    ("INFO", Info),
    ("WARN", Warn),
    ("ERRO", Error),
    ("FATA", Critical),
    ("PANI", Critical),
];

/// The words of emit's console.
pub(super) const EMIT: LevelWords = &[
    ("debug", Debug),
    ("info", Info),
    ("warn", Warn),
    ("error", Error),
];

/// The marks of Telegraf.
pub(super) const TELEGRAF: LevelWords = &[
    ("T!", Trace),
    ("D!", Debug),
    ("I!", Info),
    ("W!", Warn),
    ("E!", Error),
];

/// The words of GitHub's runners.
pub(super) const RUNNER: LevelWords = &[
    ("debug", Debug),
    ("notice", Info),
    ("warning", Warn),
    ("error", Error),
];

/// The words of the Unreal Engine.
pub(super) const UNREAL: LevelWords = &[
    ("VeryVerbose", Trace),
    ("Verbose", Debug),
    ("Log", Info),
    ("Display", Info),
    ("Warning", Warn),
    ("Error", Error),
    ("Fatal", Critical),
];

/// The words of `ESXi`, of two letters.
pub(super) const ESXI: LevelWords = &[
    ("Em", Critical),
    ("Al", Critical),
    ("Cr", Critical),
    ("Er", Error),
    ("Wa", Warn),
    ("No", Info),
    ("In", Info),
    ("Db", Debug),
];

/// The words of `ZoneMinder`.
pub(super) const ZONEMINDER: LevelWords = &[
    ("DBG", Debug),
    ("INF", Info),
    ("WAR", Warn),
    ("ERR", Error),
    ("FAT", Critical),
    ("PNC", Critical),
];

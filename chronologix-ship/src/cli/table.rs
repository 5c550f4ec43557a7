//! The table of options. Those of the table `[ship]` have flags of the same names.

use std::path::PathBuf;

use chronologix_schema::settings::{
    ConfigError, ConfigProblem,
    keys::Given,
    ship::{SHIP_KEYS, ShipOptions},
};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

/// What each key means: its name, the name of its value, its help.
#[rustfmt::skip] // A line a key.
pub(super) const HELP: &[(&str, &str, &str)] = &[
    ("endpoint", "URL", "address of the receiver; /v1/logs is added unless it ends so [default: http://localhost:4318]"),
    ("headers", "NAME=VALUE", "header of each request (repeatable); secrets are safer in OTEL_EXPORTER_OTLP_HEADERS"),
    ("compression", "HOW", "gzip, zstd or none [default: gzip]"),
    ("timeout", "TIME", "how long a request may take [default: 10s]"),
    ("certificate", "FILE", "PEM of the authorities that may vouch for the receiver [default: those of Mozilla]"),
    ("client_certificate", "FILE", "PEM of the certificate that the receiver asks for"),
    ("client_key", "FILE", "PEM of the key of that certificate"),
    ("service_name", "NAME", "resource attribute service.name [default: the name of the folder]"),
    ("host_name", "NAME", "resource attribute host.name [default: the name of the machine]"),
    ("resource", "NAME=VALUE", "another resource attribute (repeatable)"),
    ("streams", "NAME", "send this stream (repeatable) [default: all]"),
    ("start_at", "WHERE", "where the first run begins: beginning or end [default: beginning]"),
    ("batch_records", "NUMBER", "records of one request [default: 8192]"),
    ("batch_bytes", "SIZE", "bytes of one request before compression [default: 4MiB]"),
    ("batch_age", "TIME", "how long a record may wait for others [default: 1s]"),
    ("grace", "TIME", "how long a stop waits for the answer to a request [default: 5s]"),
    ("state_dir", "DIR", "folder of the cursor [default: $STATE_DIRECTORY, or .chronologix-ship in the tree]"),
    ("store", "URL", "store that closed folders are uploaded to, such as s3://bucket/logs; needs the feature objects"),
    ("object_format", "HOW", "what becomes of each file: lines, compressed, or parquet, which needs the feature parquet [default: lines]"),
    ("listen", "ADDRESS", "answer /metrics and /healthz there, such as 127.0.0.1:9464"),
];

const EXAMPLES: &str = "\
Examples:
  chronologix-ship my_logs --endpoint http://collector:4318
  chronologix-ship my_logs --once              # until the end of the tree, then exit
  chronologix-ship my_logs --dry-run           # what would be sent
  chronologix-ship status my_logs              # what is sent, what lags
  chronologix-ship objects my_logs --store s3://bucket/logs   # closed folders, as objects
  chronologix-ship resend my_logs              # records that were refused, once more

Flags win over the environment (OTEL_EXPORTER_OTLP_ENDPOINT, _HEADERS, _COMPRESSION, _TIMEOUT,
_CERTIFICATE; OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES; HTTPS_PROXY, NO_PROXY), and that over
the table [ship] of --config.

Exit codes: 0 on success, 1 if records cannot be sent, 2 if settings are wrong.";

/// Returns the command line.
pub(super) fn command() -> Command {
    let switch = |id, help| Arg::new(id).long(id).help(help).action(ArgAction::SetTrue);
    let json = switch("json", "print JSON");
    let file = Arg::new("file")
        .help("file of refused records [default: rejected.jsonl in the state folder]")
        .long("file")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf));
    let status = Command::new("status").about("Shows what is sent and what lags");
    let objects =
        Command::new("objects").about("Uploads closed folders to a store, each file as one object");
    let resend = Command::new("resend").about("Sends refused records once more");
    Command::new("chronologix-ship")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Sends the records of a log tree to an OpenTelemetry receiver, each at least once")
        .after_help(EXAMPLES)
        .args_conflicts_with_subcommands(true)
        .args(places())
        .arg(switch("once", "send what is there, then exit"))
        .arg(
            switch("dry-run", "show what would be sent; send and write nothing")
                .conflicts_with("once"),
        )
        .arg(switch("quiet", "print no progress and no summary"))
        .args(keys())
        .subcommand(status.args(places()).arg(json).args(keys()))
        .subcommand(
            objects
                .args(places())
                .arg(switch("once", "upload what is closed now, then exit"))
                .arg(
                    switch("dry-run", "show the keys; upload and write nothing")
                        .conflicts_with("once"),
                )
                .arg(switch("quiet", "print no summary"))
                .args(keys()),
        )
        .subcommand(resend.args(places()).arg(file).args(keys()))
}

/// Returns where the tree and the settings file are.
fn places() -> [Arg; 2] {
    let path = |id| Arg::new(id).value_parser(value_parser!(PathBuf));
    [
        path("dir")
            .help("folder of the tree [default: base_log_dir of --config, or logs]")
            .value_name("DIR")
            .env("CHRONOLOGIX_DIR")
            .hide_env(true),
        path("config")
            .help("settings file with a table [ship]")
            .long("config")
            .value_name("FILE")
            .env("CHRONOLOGIX_CONFIG"),
    ]
}

/// Returns a flag for each key of the table `[ship]`.
fn keys() -> impl Iterator<Item = Arg> {
    SHIP_KEYS.iter().map(|key| {
        let help = HELP.iter().find(|(name, ..)| *name == key.name);
        let (_, value, help) = help.copied().unwrap_or((key.name, "VALUE", ""));
        let flag = Arg::new(key.name)
            .long(flag(key.name))
            .value_name(value)
            .help(help);
        let is_repeated = key.takes_several();
        let action = if is_repeated {
            ArgAction::Append
        } else {
            ArgAction::Set
        };
        flag.action(action).allow_hyphen_values(true)
    })
}

/// Returns the name of a flag.
fn flag(key: &'static str) -> String {
    match key {
        "headers" => "header".to_owned(),
        "streams" => "stream".to_owned(),
        _ => key.replace('_', "-"),
    }
}

/// Returns what the flags say.
///
/// # Errors
///
/// With everything that is wrong with them.
pub(super) fn options(given: &ArgMatches) -> Result<ShipOptions, ConfigError> {
    let (mut options, mut problems) = (ShipOptions::default(), Vec::new());
    for key in SHIP_KEYS {
        for text in given.get_many::<String>(key.name).into_iter().flatten() {
            if let Err(why) = key.set(&mut options, Given::Untyped(text)) {
                problems.push(ConfigProblem::new(format!("--{}", flag(key.name)), "", why));
            }
        }
    }
    if !problems.is_empty() {
        return Err(ConfigError::new(problems));
    }
    Ok(options)
}

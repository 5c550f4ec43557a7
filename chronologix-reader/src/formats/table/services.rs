//! Formats of single services and tools that begin like others: they are tried first.

use chronologix_schema::Level::{Critical, Debug, Error, Info, Warn};

use super::{
    TextRow,
    words::{ESXI, PHP, POSTGRES, WINSTON, ZONEMINDER},
};

/// The formats. Each has something that no other has.
pub(in crate::formats) const SERVICES: &[TextRow] = &[
    // Web servers and frameworks.
    TextRow::new(
        "Gin",
        "[GIN] {timestamp} | {status:int} | {latency} | {client} | {method} \"{path:quoted}\"",
    )
    .timestamp("%Y/%m/%d - %H:%M:%S"),
    TextRow::new(
        "Gin",
        "{timestamp} | {status:int} | {latency} | {client} | {method} \"{path:quoted}\"",
    )
    .timestamp("%Y/%m/%d - %H:%M:%S"),
    TextRow::new(
        "cPanel",
        "{client} {ident} {user} [{timestamp}] \"{request:request}\" {status:int} {extra:text}",
    )
    .timestamp("%m/%d/%Y:%H:%M:%S %z"),
    TextRow::new(
        "Webmin",
        "{session} [{timestamp}] {user} {sid} {client} {message}",
    )
    .timestamp("%d/%b/%Y %H:%M:%S"),
    TextRow::new(
        "Heroku",
        "{timestamp:instant} heroku[{dyno}]: at={level} {message}",
    ),
    TextRow::new("Heroku", "{timestamp:instant} heroku[{dyno}]: {message}")
        .carries()
        .broad(),
    TextRow::new("Heroku", "{timestamp:instant} app[{dyno}]: {message}").carries(),
    TextRow::new(
        "Apache error",
        "[{timestamp:date}] [:{level}] [pid {pid:int}{?:tid {tid:int}?}] \
         {?[client {client}] ?}{message}",
    ),
    TextRow::new(
        "HAProxy",
        "{client:text} [{timestamp:date}] {frontend}/{bind}: {message}",
    ),
    TextRow::new("PHP", "[{timestamp:date}] PHP {level:own}: {message}").levels(PHP),
    TextRow::new(
        "AWS S3",
        "{owner} {bucket} [{timestamp:date}] {client} {requester} {id} {operation:word} {key} \
         \"{request:request}\" {status:int} {message}",
    ),
    TextRow::new(
        "AWS VPC",
        "{version:int} {account:int} eni-{interface} {source} {target} {source_port:int} \
         {target_port:int} {protocol:int} {packets:int} {bytes:int} {timestamp} {end:int} \
         {message}",
    )
    .timestamp("%s"),
    // Databases.
    TextRow::new(
        "PostgreSQL",
        "{timestamp:date}:{client:text}:{user:text}@{database:text}:[{pid:int}]:{level:own}: \
         {message}",
    )
    .levels(POSTGRES),
    TextRow::new(
        "PostgreSQL",
        "{client} {timestamp:date} [{pid:int}] {user:text}@{database} {level:own}: {message}",
    )
    .levels(POSTGRES),
    TextRow::new(
        "Db2",
        "{timestamp:year} {record} LEVEL: {level}{? {origin:text}?}",
    ),
    TextRow::new(
        "Domino",
        "[{process:word}:{thread:word}] {timestamp} {message}",
    )
    .timestamp("%d-%m-%Y %H:%M:%S"),
    // Networks and security.
    TextRow::new("Suricata", "{timestamp} [**] [{rule}] {message}")
        .timestamp("%m/%d/%Y-%H:%M:%S.%f"),
    TextRow::new("Snort", "{timestamp} [**] [{rule}] {message}").timestamp("%m/%d-%H:%M:%S.%f"),
    TextRow::new(
        "Proxmox firewall",
        "{vm:int} {level:digit} {chain} {timestamp} {message}",
    )
    .timestamp("%d/%b/%Y:%H:%M:%S %z"),
    TextRow::new(
        "FreeBSD syslog",
        "{timestamp:yearless} <{facility}.{level}> {host} {app:text}[{pid:int}]: {message}",
    ),
    TextRow::new(
        "FreeBSD syslog",
        "{timestamp:yearless} <{facility}.{level}> {host} {app}: {message}",
    )
    .broad(),
    TextRow::new(
        "FreeBSD syslog",
        "{timestamp:yearless} <{facility:int}.{level:digit}> {host} {app:text}[{pid:int}]: \
         {message}",
    ),
    TextRow::new(
        "FreeBSD syslog",
        "{timestamp:yearless} <{facility:int}.{level:digit}> {host} {app}: {message}",
    )
    .broad(),
    TextRow::new(
        "ESXi",
        "{timestamp:rfc3339} {level:own}({priority:int}) {process}[{pid:int}]: {message}",
    )
    .levels(ESXI),
    TextRow::new(
        "iOS",
        "{timestamp:yearless} {host} {app:text}[{pid:int}] <{level}>: {message}",
    ),
    TextRow::new(
        "Cisco",
        "{sequence:int}: {?{mark:word}: ?}{timestamp:date}: %{facility}-{level:digit}-{code}: \
         {message}",
    ),
    TextRow::new(
        "Cisco",
        "{sequence:int}: *{timestamp:date}: %{facility}-{level:digit}-{code}: {message}",
    ),
    TextRow::new(
        "Cisco",
        "*{timestamp:date}: %{facility}-{level:digit}-{code}: {message}",
    ),
    TextRow::new("ASSP", "{timestamp} {message}").timestamp("%b-%d-%y %H:%M:%S"),
    TextRow::new(
        "logcat",
        "{timestamp:date} {pid:int}-{tid:text}/{package} {level:letter}/{tag:text}: {message}",
    ),
    TextRow::new(
        "logcat",
        "{timestamp:year} {pid:int}-{tid:int} {tag:word} {package:word} {level:letter} {message}",
    ),
    TextRow::new("FreeSWITCH", "{timestamp} [{level:upper}] {message}")
        .timestamp("%m-%d %H:%M:%S.%f"),
    // Programs.
    TextRow::new("rich", "[{timestamp}] {level:upper} {message}").timestamp("%m/%d/%y %H:%M:%S"),
    TextRow::new("winston", "{timestamp:instant} - {level:own}: {message}").levels(WINSTON),
    TextRow::new("apt", "Start-Date: {timestamp:date}"),
    TextRow::new("qBittorrent", "({level:own}) {timestamp:year} - {message}").levels(&[
        ("N", Info),
        ("I", Info),
        ("W", Warn),
        ("C", Critical),
    ]),
    TextRow::new("Mumble", "<{level:own}>{timestamp:year} {message}").levels(&[
        ("D", Debug),
        ("W", Warn),
        ("C", Error),
        ("F", Critical),
    ]),
    TextRow::new(
        "ZoneMinder",
        "{timestamp} {process:text}[{pid:int}].{level:own} {message}",
    )
    .timestamp("%m/%d/%y %H:%M:%S.%f")
    .levels(ZONEMINDER),
    TextRow::new("Monit", "[{timestamp}] {level} : {message}").timestamp("%Z %b %d %H:%M:%S"),
    TextRow::new("DirectAdmin", "{timestamp}: {message}").timestamp("%Y:%m:%d-%H:%M:%S"),
    TextRow::new("Source engine", "L {timestamp}: {message}").timestamp("%m/%d/%Y - %H:%M:%S"),
    TextRow::new("strace", "[pid {pid:int}] {timestamp:time} {message}"),
    TextRow::new("strace", "{pid:int} {timestamp} {message}").timestamp("%H:%M:%S.%f"),
    TextRow::new("shell history", "#{timestamp}").timestamp("%s"),
    TextRow::new("shell history", "#+{timestamp}").timestamp("%s"),
    // Python, in marks without blanks.
    TextRow::new(
        "Python",
        "{thread}::{level:upper}::{timestamp:date}::{message}",
    ),
    TextRow::new("Python", "{timestamp:date}::{level:upper}::{message}"),
    TextRow::new("Python", "{timestamp:date}:{level:upper}:{message}"),
    TextRow::new(
        "Python",
        "[{level:upper}|{logger}] {timestamp:date}{?:?} {?>> ?}{message}",
    ),
    // Levels in other places, and cells of tables.
    TextRow::new(
        "level: stamp",
        "{level:upper}: {timestamp:date}{? -?} {message}",
    ),
    TextRow::new("[level] [stamp]", "[{level}] [{timestamp:date}] {message}"),
    TextRow::new("(stamp) [level]", "({timestamp:date}) [{level}] {message}"),
    TextRow::new(
        "level: [stamp]",
        "{? ?}{level:upper}: [{timestamp:date}] {message}",
    ),
    TextRow::new(
        "TeamSpeak",
        "{timestamp:year}|{level:upper}{? ?}|{logger}|{server}|{message}",
    ),
];

/// The same for formats that take more lines than those of one service: they are tried last.
pub(in crate::formats) const BROAD: &[TextRow] = &[
    TextRow::new(
        "access",
        "{client:text} [{timestamp:date}] \"{request:request}\" {status:int}{? {extra:text}?}",
    )
    .broad(),
    TextRow::new(
        "RouterOS",
        "{timestamp:date} {host} {topic:word},{level}{?,{detail:word}?} {message}",
    ),
    TextRow::new("[name][stamp]", "[{name:word}][{timestamp:date}] {message}").broad(),
    TextRow::new("strace", "{pid:int} {timestamp} {message}")
        .broad()
        .timestamp("%s"),
    TextRow::new("CSV", "\"{timestamp:year}\"\t{message}").broad(),
    TextRow::new("CSV", "\"{timestamp:year}\",{message}").broad(),
    TextRow::new("CSV", "{timestamp:rfc3339},{message}").broad(),
    TextRow::new("CSV", "{timestamp:year},{message}").broad(),
    TextRow::new("CSV", "{timestamp:year};{message}").broad(),
];

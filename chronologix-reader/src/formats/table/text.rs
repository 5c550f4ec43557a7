//! Formats of text lines.

use chronologix_schema::Level::{Critical, Debug, Error, Info, Trace, Warn};

use super::{
    TextRow,
    words::{EMIT, LOGRUS, MICROSOFT, POSTGRES, RUNNER, TELEGRAF, UNREAL},
};

/// The time of glog.
const GLOG: &str = "%m%d %H:%M:%S.%f";

/// The same with the year.
const GLOG_YEAR: &str = "%Y%m%d %H:%M:%S.%f";

/// The time of Android.
const LOGCAT: &str = "%m-%d %H:%M:%S.%f";

/// The time of old `MySQL`.
const MYSQL: &str = "%y%m%d %H:%M:%S";

/// The time of the Unreal Engine.
const UNREAL_TIME: &str = "%Y.%m.%d-%H.%M.%S:%L";

/// An access log: the common format, with the fields of the combined one, and with Traefik's.
macro_rules! access {
    ($before:literal) => {
        concat!(
            $before,
            "{client} {ident} {user} [{timestamp:date}] \"{request:request}\" ",
            "{status:int} {bytes:int}{? \"{referer:quoted}\" \"{agent:quoted}\"?}",
            "{? {requests:int} \"{router:quoted}\" \"{server:quoted}\" {duration_ms:int}ms?}",
            "{? {extra:text}?}"
        )
    };
}

/// What `HAProxy` tells about a request, behind the client.
macro_rules! haproxy {
    ($before:literal) => {
        concat!(
            $before,
            "{frontend} {backend:text}/{server} {timers} {status:int} {bytes:int} ",
            "{request_cookie} {response_cookie} {termination} {connections} {queues} ",
            "{?{{{request_headers:text}}} ?}{?{{{response_headers:text}}} ?}\"{request:request}\""
        )
    };
}

/// Formats with a time, or with a shape that is unlikely in other texts.
pub(in crate::formats) const TEXT: &[TextRow] = &[
    TextRow::new(
        "syslog RFC 5424",
        "<{priority}>1 {timestamp} {host} {app} {pid} {msgid} {data:structured}{? ?}{message}",
    ),
    TextRow::new(
        "syslog RFC 5424",
        "<{priority}>1 - {host} {app} {pid} {msgid} {data:structured}{? ?}{message}",
    ),
    TextRow::new(
        "syslog",
        "<{priority}>{timestamp:date} {host} {app:text}[{pid:int}]: {message}",
    ),
    TextRow::new(
        "syslog",
        "<{priority}>{timestamp:date} {host} {app}: {message}",
    )
    .broad(),
    TextRow::new("syslog", "<{priority}>{timestamp:date} {host} {message}").broad(),
    TextRow::new("syslog priority", "<{priority}>{message}"),
    // Access logs.
    TextRow::new("access", access!("")),
    TextRow::new("access", access!("{vhost} ")),
    TextRow::new(
        "access",
        "{client} - [{forwarded}] - {user} [{timestamp:date}] \"{request:request}\" {status:int} \
         {bytes:int}{? {extra:text}?}",
    ),
    TextRow::new("access", "{client} - {user} [{timestamp}] {message}")
        .timestamp("%d/%b/%Y:%H:%M:%S %z")
        .broad(),
    TextRow::new(
        "uWSGI",
        "[pid: {pid:int}|app: {app}|req: {req}] {client} ({user:text}) {{{vars:text}}} \
         [{timestamp:date}] {method} {path} => generated {bytes:int} bytes in {duration_ms:int} \
         msecs ({protocol} {status:int}) {message}",
    ),
    TextRow::new("uWSGI", "*** {message:text} on [{timestamp:date}] ***"),
    TextRow::new(
        "HAProxy",
        haproxy!(
            "{timestamp:yearless} {host} {process:text}[{pid:int}]: {client} [{accepted:text}] "
        ),
    ),
    TextRow::new(
        "HAProxy",
        haproxy!(
            "{timestamp:instant} {host} {process:text}[{pid:int}]: {client} [{accepted:text}] "
        ),
    ),
    TextRow::new("HAProxy", haproxy!("{client} [{timestamp:date}] ")),
    TextRow::new(
        "AWS ALB",
        "{type} {timestamp:rfc3339} {elb} {client} {target} {request_time:number} \
         {target_time:number} {response_time:number} {status:int} {target_status:int} \
         {received_bytes:int} {sent_bytes:int} \"{request:request}\" \"{agent:quoted}\" \
         {ssl_cipher} {ssl_protocol} {target_group} \"{trace:quoted}\" {extra:text}",
    ),
    TextRow::new(
        "WebLogic",
        "####<{timestamp:date}> <{level}> <{subsystem}> {message}",
    ),
    // In brackets.
    TextRow::new(
        "Elasticsearch",
        "[{timestamp:date}][{level}][{logger}]{? ?}{?[{node}] ?}{message}",
    ),
    TextRow::new(
        "Elasticsearch",
        "[{timestamp:date}][{level}][{logger}] {message}",
    ),
    TextRow::new("fern", "[{timestamp}][{logger}][{level}] {message}"),
    TextRow::new(
        "Apache error",
        "[{timestamp:date}] [{module}:{level}] [pid {pid:int}{?:tid {tid:int}?}] \
         {?[client {client}] ?}{message}",
    ),
    TextRow::new(
        "gunicorn",
        "[{timestamp:date}] [{pid:int}] [{level}] {message}",
    ),
    TextRow::new(
        "Monolog",
        "[{timestamp:date}] {channel}.{level:upper}: {message}",
    ),
    TextRow::new(
        "Airflow",
        "[{timestamp:date}] {{{source:source}}} {level} - {message}",
    ),
    TextRow::new("Celery", "[{timestamp:date}: {level}/{process}] {message}"),
    TextRow::new("env_logger", "[{timestamp} {level} {logger}] {message}"),
    TextRow::new("Serilog", "[{timestamp} {level}] {message}"),
    TextRow::new("Icinga", "[{timestamp:date}] {level}/{facility}: {message}"),
    TextRow::new(
        "Minecraft",
        "[{timestamp:time}] [{thread:text}/{level:upper}]{? [{logger}]?}: {message}",
    ),
    TextRow::new(
        "pino-pretty",
        "[{timestamp}] {level} ({process}): {message}",
    ),
    TextRow::new(
        "Django",
        "[{timestamp:date}] \"{request:request}\" {status:int} {bytes:int}",
    ),
    TextRow::new(
        "Asterisk",
        "[{timestamp:date}] {level:upper}[{pid:int}]{?[{call}]?}: {message}",
    ),
    TextRow::new(
        "Asterisk",
        "[{timestamp:date}] {level:upper}[{pid:int}]{?[{call}]?} {message}",
    ),
    TextRow::new(
        "[stamp] level [logger]",
        "[{timestamp}] {?T[{thread}] ?}{level} [{logger:word}] {?{source:source}: ?}{message}",
    ),
    TextRow::new("[stamp] level", "[{timestamp}] {level} {message}").broad(),
    TextRow::new(
        "spdlog",
        "[{timestamp}] [thread {thread:int}] [{level}] {message}",
    ),
    TextRow::new(
        "[stamp] [level]",
        "[{timestamp}] [{level}] {?[{source:source}] ?}{message}",
    ),
    TextRow::new(
        "spdlog",
        "[{timestamp}] [{logger}] [{level}] {?[{source:source}] ?}{message}",
    )
    .broad(),
    TextRow::new(
        "Apache error",
        "[{timestamp:date}] [{module}:{level}] {?[client {client}] ?}{message}",
    ),
    TextRow::new(
        "Minecraft",
        "[{timestamp}] [{thread:text}/{level:upper}]{? [{logger}]?}: {message}",
    )
    .timestamp("%d%b%Y %H:%M:%S.%f"),
    TextRow::new(
        "Unreal Engine",
        "[{timestamp}][{frame}]{category}: {level:own}: {message}",
    )
    .timestamp(UNREAL_TIME)
    .levels(UNREAL),
    TextRow::new(
        "Unreal Engine",
        "[{timestamp}][{frame}]{category}: {message}",
    )
    .timestamp(UNREAL_TIME),
    // Behind a letter or a word.
    TextRow::new(
        "glog",
        "{level:letter}{timestamp} {thread:int} {source:source}] {message}",
    )
    .timestamp(GLOG),
    TextRow::new(
        "glog",
        "{level:letter}{timestamp} {thread:int} {source:source}] {message}",
    )
    .timestamp(GLOG_YEAR),
    TextRow::new("glog", "{level:letter}{timestamp} {message}").timestamp(GLOG),
    TextRow::new(
        "Ruby",
        "{letter}, [{timestamp:date} #{pid:int}] {level} -- {program:text}: {message}",
    ),
    TextRow::new(
        "Dropwizard",
        "{level} [{timestamp:date}] {logger}: {message}",
    ),
    TextRow::new(
        "Cassandra",
        "{level} [{thread}] {timestamp:date} {source:source} - {message}",
    ),
    TextRow::new(
        "env_logger",
        "{level} {timestamp:date}: {logger}: {message}",
    ),
    TextRow::new(
        "Jupyter",
        "[{level:letter} {timestamp:date} {logger}] {message}",
    ),
    TextRow::new("Tornado", "[{level:letter} {timestamp} {source}] {message}").timestamp(MYSQL),
    TextRow::new("geth", "{level:upper} [{timestamp}] {message}").timestamp("%m-%d|%H:%M:%S.%f"),
    TextRow::new(
        "level [stamp]",
        "{level:upper} [{timestamp:date}] {message}",
    )
    .broad(),
    TextRow::new(
        "CodeIgniter",
        "{level:upper} - {timestamp:date} --> {message}",
    ),
    TextRow::new(
        "level | stamp",
        "{level:upper} | {timestamp:date} | {message}",
    ),
    TextRow::new("Python", "{level:upper}:{timestamp:date}:{message}"),
    TextRow::new("level stamp", "{level:upper} {timestamp:date} {message}").broad(),
    TextRow::new(
        "AWS Lambda",
        "[{level:upper}]\t{timestamp:rfc3339}\t{request}\t{message}",
    ),
    TextRow::new("[level] stamp", "[{level}] {timestamp:date} {message}").broad(),
    TextRow::new("logrus", "{level:own}[{timestamp:date}] {message}").levels(LOGRUS),
    TextRow::new("logrus", "{level:own}[{elapsed:int}] {message}").levels(LOGRUS),
    TextRow::new(
        "RabbitMQ",
        "={level} REPORT==== {timestamp:date} ==={message}",
    ),
    TextRow::new(
        "Rails",
        "Started {method} \"{path:quoted}\" for {client} at {timestamp:date}",
    ),
    TextRow::new("MySQL slow", "# Time: {timestamp:date}"),
    TextRow::new("MySQL slow", "# Time: {timestamp}").timestamp(MYSQL),
    TextRow::new(
        "Redis",
        "{pid:int}:{role} {timestamp:date} {level:own} {message}",
    )
    .levels(&[(".", Debug), ("-", Debug), ("*", Info), ("#", Warn)]),
    TextRow::new("Zabbix", "{pid:int}:{timestamp} {message}").timestamp("%Y%m%d:%H%M%S.%L"),
    // In other marks.
    TextRow::new("<stamp> [level]", "<{timestamp:date}> [{level}] {message}"),
    TextRow::new(
        "<stamp> level",
        "<{timestamp:date}> {level:upper} {message}",
    )
    .broad(),
    TextRow::new(
        "(stamp) level",
        "({timestamp:date}) {level:upper} {message}",
    )
    .broad(),
    // Behind a stamp, with marks that only one has.
    TextRow::new(
        "Python",
        "{timestamp} - {logger:text} - {level} - {message}",
    ),
    TextRow::new(
        "cloud-init",
        "{timestamp:year} - {source}[{level}]: {message}",
    ),
    TextRow::new("Python", "{timestamp} - {level} - {message}"),
    TextRow::new(
        "Zookeeper",
        "{timestamp:date} {?[myid:{myid}] ?}- {level} [{thread}] - {message}",
    ),
    TextRow::new(
        "loguru",
        "{timestamp:date} | {level} | {logger}:{function}:{line:int} - {message}",
    ),
    TextRow::new(
        "Datadog",
        "{timestamp:year} | {component} | {level} | ({source:text}) | {message}",
    ),
    TextRow::new("NLog", "{timestamp:date}|{level}|{logger}|{message}"),
    TextRow::new("stamp|level", "{timestamp}|{level:upper}|{message}").broad(),
    TextRow::new("stamp;level", "{timestamp:year};{level:upper};{message}"),
    TextRow::new("stamp,level", "{timestamp:year},{level:upper},{message}"),
    TextRow::new(
        "stamp,level",
        "\"{timestamp:year}\",\"{level:upper}\",{message}",
    ),
    TextRow::new(
        "Spring Boot",
        "{timestamp:date} {level} {pid:int} --- {?[{app}] [{thread}] ?}{logger} : {message}",
    ),
    TextRow::new(
        "Spring Boot",
        "{timestamp:date} {level} {pid:int} --- [{thread}] {logger} : {message}",
    ),
    TextRow::new(
        "log4j",
        "{timestamp} [{thread}] {level} {logger} - {message}",
    ),
    TextRow::new(
        "log4j",
        "{timestamp} [{thread}] {level} {logger}: {message}",
    ),
    TextRow::new("zap", "{timestamp}\t{level}\t{source:source}\t{message}"),
    TextRow::new(
        "zap",
        "{timestamp}\t{level}\t{logger}\t{source:source}\t{message}",
    ),
    TextRow::new(
        "AWS Lambda",
        "{timestamp:rfc3339}\t{request}\t{level}\t{message}",
    )
    .broad(),
    TextRow::new("Caddy", "{timestamp}\t{level}\t{logger}\t{message}").broad(),
    TextRow::new(
        "MySQL",
        "{timestamp:date} {thread:int} [{level}] {?[{code}] [{subsystem}] ?}{message}",
    )
    .levels(&[("System", Info)]),
    TextRow::new("MySQL", "{timestamp} [{level}] {message}").timestamp(MYSQL),
    TextRow::new("MySQL", "{timestamp} {message}")
        .timestamp(MYSQL)
        .broad(),
    TextRow::new(
        "nginx error",
        "{timestamp:date} [{level}] {pid:int}#{tid:int}: {?*{connection:int} ?}{message}",
    ),
    TextRow::new(
        "RabbitMQ",
        "{timestamp:date} [{level}] <{process}> {message}",
    ),
    TextRow::new(
        "PostgreSQL",
        "{timestamp:date} [{pid}] {?{user:text}@{database} ?}{level:own}: {message}",
    )
    .levels(POSTGRES),
    TextRow::new(
        "PostgreSQL CSV",
        "{timestamp:date},{user:text},{database:text},{pid:int},{client:text},{session:text},\
         {line:int},{tag:text},{started:text},{vxid:text},{xid:text},{level:own},{state:text},\
         {message}",
    )
    .levels(POSTGRES),
    TextRow::new("Telegraf", "{timestamp:instant} {level:own} {message}").levels(TELEGRAF),
    TextRow::new(
        "GitHub Actions",
        "{timestamp:rfc3339} ##[{level:own}]{message}",
    )
    .levels(RUNNER),
    TextRow::new(
        "Sidekiq",
        "{timestamp:instant} pid={pid:int} tid={tid} {?class={class} ?}{?jid={jid} ?}\
         {?elapsed={elapsed:number} ?}{level:upper}: {message}",
    ),
    TextRow::new(
        "Sidekiq",
        "{timestamp:instant} {pid:int} TID-{tid} {?{class} JID-{jid} ?}{level:upper}: {message}",
    ),
    TextRow::new(
        "BIND",
        "{timestamp:year} {category:word}: {level}: {message}",
    )
    .broad(),
    TextRow::new(
        "RocksDB",
        "{timestamp:year} {thread} [{level}] [{source:source}] {message}",
    ),
    TextRow::new(
        "stamp [letter]",
        "{timestamp:year} [{level:letter}] {message}",
    ),
    TextRow::new(
        "[stamp] [letter]",
        "[{timestamp:year}] [{level:letter}] {message}",
    ),
    TextRow::new(
        "stamp letter",
        "{timestamp:year} {level:letter}/{tag:text}: {message}",
    ),
    TextRow::new(
        "AEM",
        "{timestamp:year} *{level}* [{thread}] {logger} {message}",
    ),
    TextRow::new(
        "macOS",
        "{timestamp:year} {thread} {level} {activity} {pid:int} {ttl:int} {process}: {message}",
    )
    .levels(&[("Default", Info), ("Activity", Info), ("Fault", Critical)]),
    TextRow::new(
        "Windows CBS",
        "{timestamp:year}, {level} {component} {message}",
    ),
    TextRow::new(
        "ESXi",
        "{timestamp:rfc3339} {level} {process}[{thread}] [Originator@{originator:text}] {message}",
    ),
    TextRow::new(
        "MongoDB",
        "{timestamp:rfc3339} {level:letter} {component} [{thread}] {message}",
    ),
    TextRow::new(
        "Microsoft console",
        "{timestamp} {level:own}: {logger}[{event:int}] {message}",
    )
    .levels(MICROSOFT),
    TextRow::new(
        "WildFly",
        "{timestamp} {level} [{logger}] ({thread}) {message}",
    ),
    TextRow::new(
        "log4j",
        "{timestamp} {level} [{thread}] {logger} - {message}",
    ),
    TextRow::new(
        "stamp level [thread] logger",
        "{timestamp} {level} [{thread}] {logger}: {message}",
    ),
    TextRow::new(
        "stamp level [thread] logger",
        "{timestamp} {level} [{thread}] {logger} {message}",
    )
    .broad(),
    TextRow::new(
        "OpenStack",
        "{timestamp:date} {pid:int} {level} {logger} [{request}] {message}",
    ),
    TextRow::new(
        "simplelog",
        "{timestamp} [{level}] ({thread}) {logger:path}: {?[{source:source}] ?}{message}",
    ),
    TextRow::new("stamp [level]", "{timestamp} [{level}] {message}").broad(),
    TextRow::new("zerolog console", "{timestamp} {level} {message}").timestamp("%I:%M%p"),
    TextRow::new(
        "tracing",
        "{timestamp:date} {level} {spans:spans}: {logger:path}: {message}",
    ),
    TextRow::new("log4rs", "{timestamp} {level} {logger} - {message}"),
    TextRow::new(
        "stamp level logger",
        "{timestamp} {level} {logger}: {message}",
    ),
    TextRow::new(
        "Python",
        "{timestamp:comma} {logger} {level:upper} {message}",
    )
    .broad(),
    TextRow::new("winston", "{timestamp} [{label}] {level}: {message}").broad(),
    TextRow::new("winston", "{timestamp} {level}: {message}").broad(),
    TextRow::new(
        "emit",
        "{timestamp:instant} {level:own} {logger:path} {message}",
    )
    .levels(EMIT),
    TextRow::new(
        "emit",
        "{timestamp:time} {level:own} {logger:path} {message}",
    )
    .levels(EMIT),
    TextRow::new("Go", "{timestamp:year} {source:source}: {message}"),
    TextRow::new("stamp level", "{timestamp} {level:upper} {message}").broad(),
    TextRow::new(
        "Cisco",
        "{timestamp:date} {host} {sequence:int}: {device:text}: %{facility}-{level:digit}-{code}: \
         {message}",
    ),
    TextRow::new(
        "Cisco",
        "{timestamp:date} {host}{? :?} %{facility}-{level:digit}-{code}: {message}",
    ),
    // Syslog without a priority, as it is in files.
    TextRow::new(
        "syslog",
        "{timestamp:yearless} {host} {app:text}[{pid:int}]: {message}",
    )
    .carries()
    .broad(),
    TextRow::new("syslog", "{timestamp:yearless} {host} {app}: {message}")
        .carries()
        .broad(),
    TextRow::new(
        "syslog",
        "{timestamp:instant} {host} {app}[{pid:int}]: {message}",
    )
    .carries()
    .broad(),
    TextRow::new(
        "syslog",
        "{timestamp:date} {host} {app}[{pid:int}]: {message}",
    )
    .carries()
    .broad(),
    TextRow::new("syslog", "{timestamp:rfc3339} {host} {app}: {message}")
        .carries()
        .broad(),
    TextRow::new(
        "journal, Unix time",
        "{timestamp} {host} {app}[{pid:int}]: {message}",
    )
    .carries()
    .timestamp("%s"),
    // Stamps that are one only with what stands around them.
    TextRow::new(
        "logcat",
        "{timestamp} {pid:int} {tid:int} {level:letter} {tag:text}: {message}",
    )
    .timestamp(LOGCAT),
    TextRow::new(
        "logcat",
        "{timestamp} {level:letter}/{tag:text}({pid:text}): {message}",
    )
    .timestamp(LOGCAT),
    TextRow::new(
        "logcat",
        "{timestamp:date} {pid:int} {tid:int} {level:letter} {tag:text}: {message}",
    ),
    TextRow::new("log4j", "{timestamp} [{thread}] {level:upper} {message}").timestamp(LOGCAT),
    TextRow::new(
        "OpenStack",
        "{file} {timestamp:date} {pid:int} {level} {logger} [{request}] {message}",
    ),
    TextRow::new(
        "NestJS",
        "[Nest] {pid:int} - {timestamp} {level} [{logger}] {message}",
    )
    .timestamp("%m/%d/%Y, %I:%M:%S %p")
    .levels(&[("LOG", Info), ("VERBOSE", Trace)]),
    TextRow::new("java.util.logging", "{timestamp} {logger} {method}")
        .timestamp("%b %d, %Y %I:%M:%S %p"),
    TextRow::new("java.util.logging", "{level:own}: {message}")
        .second()
        .levels(&[
            ("SEVERE", Error),
            ("WARNING", Warn),
            ("INFO", Info),
            ("CONFIG", Info),
            ("FINE", Debug),
            ("FINER", Trace),
            ("FINEST", Trace),
        ]),
    TextRow::new(
        "audit",
        "{?node={node} ?}type={type} msg=audit({timestamp}:{serial:int}): {message}",
    )
    .timestamp("%s"),
    TextRow::new(
        "alternatives",
        "update-alternatives {timestamp:date}: {message}",
    ),
    TextRow::new(
        "apport",
        "{level:upper}: apport (pid {pid:int}) {timestamp:date}: {message}",
    ),
    TextRow::new("journald export", "__REALTIME_TIMESTAMP={timestamp}").timestamp("%s"),
    TextRow::new("journald export", "PRIORITY={priority}").continues(),
    TextRow::new("epoch", "{timestamp} [{level}] {message}").timestamp("%s"),
    TextRow::new("epoch", "{timestamp} {level:upper} {message}").timestamp("%s"),
    TextRow::new("epoch", "{timestamp} {message}")
        .broad()
        .carries()
        .timestamp("%s"),
    TextRow::new("epoch", "[{timestamp}] {message}")
        .carries()
        .timestamp("%s"),
    TextRow::new("epoch", "{timestamp}\t{message}").timestamp("%s"),
];

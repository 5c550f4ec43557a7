//! Formats of lines that are JSON objects.

use chronologix_schema::Level;

use crate::formats::json::{JsonLayout, JsonNames};

/// A format of JSON lines. Names with points are paths.
#[derive(Clone, Copy, Debug)]
pub(in crate::formats) struct JsonRow {
    /// Its name.
    pub(in crate::formats) name: &'static str,
    /// Members that its lines have.
    needs: &'static [&'static str],
    /// Members with the time.
    time: &'static [&'static str],
    /// Members with the level.
    level: &'static [&'static str],
    /// Members with the message.
    message: &'static [&'static str],
    /// Objects whose members are fields.
    flat: &'static [&'static str],
    /// The member that is a line of another logger.
    inner: Option<&'static str>,
    /// The level of lines that name none.
    default_level: Option<Level>,
    /// Whether levels are the numbers of OpenTelemetry.
    has_otel_numbers: bool,
}

/// What most formats do not have.
const NONE: JsonRow = JsonRow {
    name: "",
    needs: &[],
    time: &[],
    level: &[],
    message: &[],
    flat: &[],
    inner: None,
    default_level: None,
    has_otel_numbers: false,
};

impl JsonRow {
    /// Returns the layout.
    pub(in crate::formats) fn layout(&self) -> JsonLayout {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        JsonLayout::new(JsonNames {
            needs: owned(self.needs),
            time: owned(self.time),
            level: owned(self.level),
            message: owned(self.message),
            flat: owned(self.flat),
            inner: self.inner.map(ToOwned::to_owned),
            default_level: self.default_level,
            levels: Vec::new(),
            has_otel_numbers: self.has_otel_numbers,
        })
    }
}

/// The formats, those that need certain members first.
pub(in crate::formats) const JSON: &[JsonRow] = &[
    JsonRow {
        name: "docker json-file",
        needs: &["log", "stream", "time"],
        time: &["time"],
        message: &["log"],
        inner: Some("log"),
        ..NONE
    },
    JsonRow {
        name: "Serilog CLEF",
        needs: &["@t"],
        time: &["@t"],
        level: &["@l"],
        message: &["@m", "@mt"],
        default_level: Some(Level::Info),
        ..NONE
    },
    JsonRow {
        name: "OTLP",
        needs: &["resourceLogs"],
        time: &[
            "resourceLogs.0.scopeLogs.0.logRecords.0.timeUnixNano",
            "resourceLogs.0.scopeLogs.0.logRecords.0.observedTimeUnixNano",
        ],
        level: &[
            "resourceLogs.0.scopeLogs.0.logRecords.0.severityNumber",
            "resourceLogs.0.scopeLogs.0.logRecords.0.severityText",
        ],
        message: &["resourceLogs.0.scopeLogs.0.logRecords.0.body.stringValue"],
        has_otel_numbers: true,
        ..NONE
    },
    JsonRow {
        name: "OTLP record",
        needs: &["timeUnixNano"],
        time: &["timeUnixNano", "observedTimeUnixNano"],
        level: &["severityNumber", "severityText"],
        message: &["body.stringValue", "body"],
        has_otel_numbers: true,
        ..NONE
    },
    JsonRow {
        name: "GELF",
        needs: &["version", "host", "short_message"],
        time: &["timestamp"],
        level: &["level"],
        message: &["short_message"],
        ..NONE
    },
    JsonRow {
        name: "journald",
        needs: &["__REALTIME_TIMESTAMP"],
        time: &["__REALTIME_TIMESTAMP"],
        level: &["PRIORITY"],
        message: &["MESSAGE"],
        ..NONE
    },
    JsonRow {
        name: "MongoDB",
        needs: &["t", "s", "c", "ctx"],
        time: &["t"],
        level: &["s"],
        message: &["msg"],
        flat: &["attr"],
        ..NONE
    },
    JsonRow {
        name: "tracing",
        needs: &["timestamp", "level", "fields"],
        time: &["timestamp"],
        level: &["level"],
        message: &["fields.message"],
        flat: &["fields"],
        ..NONE
    },
    JsonRow {
        name: "loguru",
        needs: &["text", "record"],
        time: &["record.time.timestamp"],
        level: &["record.level.name"],
        message: &["record.message"],
        ..NONE
    },
    JsonRow {
        name: "ECS",
        needs: &["@timestamp", "ecs.version"],
        time: &["@timestamp"],
        level: &["log.level", "level"],
        message: &["message"],
        ..NONE
    },
    JsonRow {
        name: "PostgreSQL",
        needs: &["timestamp", "error_severity"],
        time: &["timestamp"],
        level: &["error_severity"],
        message: &["message"],
        ..NONE
    },
    // All names that are used anywhere.
    JsonRow {
        name: "JSON",
        time: &[
            "timestamp",
            "time",
            "ts",
            "@timestamp",
            "t",
            "@t",
            "date",
            "datetime",
            "instant",
            "Timestamp",
            "asctime",
            "eventTime",
            "timeMillis",
            "_time",
            "created",
            "Time",
            "log.timestamp",
            "time_local",
            "time_iso8601",
            "dt",
            "messageTimestamp",
            "requestReceivedTimestamp",
            "EventTime",
            "EdgeStartTimestamp",
            "EdgeEndTimestamp",
            "created_at",
            "createdAt",
            "started_at",
            "startTime",
            "start_time",
            "event_time",
        ],
        level: &[
            "level",
            "lvl",
            "severity",
            "severity_text",
            "log.level",
            "levelname",
            "@l",
            "loglevel",
            "log_level",
            "Level",
            "LogLevel",
            "SeverityText",
            "level_name",
            "PRIORITY",
            "severityText",
            "level.name",
            "logLevel",
            "body.level",
            "Severity",
            "levelName",
        ],
        message: &[
            "message",
            "msg",
            "@m",
            "@mt",
            "MESSAGE",
            "short_message",
            "fields.message",
            "event",
            "textPayload",
            "body.message",
            "Message",
            "Body",
            "body",
            "text",
            "tpl",
            "RenderedMessage",
            "_msg",
            "jsonPayload.message",
        ],
        flat: &["fields"],
        ..NONE
    },
];

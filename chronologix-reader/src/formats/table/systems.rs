//! Formats of single systems, most of them from public collections of logs.

use super::TextRow;

/// Formats with a time, none of which begins with a stamp in a usual spelling.
pub(in crate::formats) const SYSTEMS: &[TextRow] = &[
    TextRow::new(
        "HDFS",
        "{timestamp} {thread:int} {level} {logger}: {message}",
    )
    .timestamp("%y%m%d %H%M%S"),
    TextRow::new("HealthApp", "{timestamp}|{component}|{process}|{message}")
        .timestamp("%Y%m%d-%H:%M:%S:%L"),
    TextRow::new(
        "supercomputer",
        "{alert} {timestamp} {date} {node} {time} {location} {type} {component} {level:upper} \
         {message}",
    )
    .timestamp("%s"),
    TextRow::new(
        "supercomputer",
        "{alert} {timestamp} {date} {host} {month} {day:int} {time} {location} \
         {process:text}[{pid:int}]: {message}",
    )
    .timestamp("%s"),
    TextRow::new(
        "supercomputer",
        "{alert} {timestamp} {date} {host} {month} {day:int} {time} {location} {process}: {message}",
    )
    .broad()
    .timestamp("%s"),
    TextRow::new(
        "supercomputer",
        "{alert} {timestamp} {date} {host} {month} {day:int} {time} {location} {message}",
    )
    .broad()
    .timestamp("%s"),
    TextRow::new(
        "HPC",
        "{id:int} {node} {component} {state} {timestamp} {flag:int} {message}",
    )
    .timestamp("%s"),
    TextRow::new("Proxifier", "[{timestamp}] {program:text} - {message}")
        .timestamp("%m.%d %H:%M:%S"),
];

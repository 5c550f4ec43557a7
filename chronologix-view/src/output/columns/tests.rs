//! Printed fields.

use chronologix_schema::layout::{Folder, TimeZone};

use super::*;
use crate::{
    line::{Key, LogLine},
    merge::Record,
    streams::Streams,
};

type Writer = fn(&PrintedFields, &mut dyn Write, &Object<'_>) -> io::Result<()>;

const LINE: &str = "[14:00:00] [WARN] said status=502 path=\"/a, b\" text=\"a\\n\\\"b\\\"\"";

#[track_caller]
fn check(names: &[&str], write: Writer, expected: &str) {
    let mut streams = Streams::default();
    let key = Key {
        instant: "2025-05-04T14:00:00Z".parse().unwrap(),
        stream: streams.id("app"),
        ..Key::first_of(Folder::parse("2025-05-04").unwrap())
    };
    let record = Record::of(LogLine::new(key, LINE));
    let object = Object::new(&record, &[], &streams, &TimeZone::UTC);
    let columns = PrintedFields {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        has_header: true,
    };
    let mut out = Vec::new();
    write(&columns, &mut out, &object).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn chosen_fields_stand_between_tabs() {
    check(
        &["status", "none", "text", "level"],
        PrintedFields::write_text,
        "502\t-\ta\\n\"b\"\tWARN\n",
    );
}

#[test]
fn chosen_fields_as_json_keep_their_order_and_types() {
    check(
        &["status", "none", "message"],
        PrintedFields::write_json,
        "{\"status\":502,\"message\":\"said\"}\n",
    );
}

#[test]
fn logfmt_quotes_what_needs_it() {
    check(
        &[],
        PrintedFields::write_logfmt,
        "timestamp=2025-05-04T14:00:00.000000Z level=WARN stream=app message=said status=502 \
         path=\"/a, b\" text=\"a\\n\\\"b\\\"\"\n",
    );
    check(
        &["status", "none"],
        PrintedFields::write_logfmt,
        "status=502\n",
    );
}

#[test]
fn csv_quotes_commas_quotes_and_line_ends() {
    check(
        &["status", "none", "path", "text"],
        PrintedFields::write_csv,
        "502,,\"/a, b\",\"a\n\"\"b\"\"\"\n",
    );
    check(
        &[],
        |columns, out, _| columns.write_csv_header(out),
        "timestamp,level,stream,message,fields\n",
    );
}

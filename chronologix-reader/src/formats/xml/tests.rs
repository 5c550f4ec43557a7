//! Events in one line and in several.

use serde_json::json;

use super::*;
use crate::formats::{Formats, LineFormat, Recent, tests::moment as expected};

/// Returns the records of some lines.
fn records(lines: &[&str]) -> Vec<(Option<Moment>, Values)> {
    let formats: &'static Formats = Box::leak(Box::default());
    let mut recent = Recent::default();
    let mut found: Vec<(Option<Moment>, Values)> = Vec::new();
    for line in lines {
        let head = formats.head(line.as_bytes(), &mut recent);
        let format = head.map(|head| LineFormat::of(formats, head));
        match (format, found.last_mut()) {
            (Some(format), _) if !format.continues() => {
                found.push((head.and_then(|head| head.moment), format.values(line)));
            }
            (format, Some((_, last))) => crate::record::continue_values(last, line, format),
            (_, None) => panic!("no record: {line}"),
        }
    }
    found
}

#[test]
fn an_event_over_several_lines_is_one_record() {
    let found = records(&[
        r#"<log4j:event logger="shop.Order" timestamp="1746367339123" level="ERROR" thread="main">"#,
        "<log4j:message><![CDATA[a < b]]></log4j:message>",
        "<log4j:throwable><![CDATA[java.io.IOException: gone",
        "\tat shop.Order.fill(Order.java:7)",
        "]]></log4j:throwable>",
        "</log4j:event>",
        "",
        r#"<log4j:event logger="shop.Order" timestamp="1746367340000" level="INFO" thread="main">"#,
        "<log4j:message>x &amp; y</log4j:message>",
        "</log4j:event>",
    ]);
    assert_eq!(found.len(), 2);
    let (time, values) = &found[0];
    assert_eq!(*time, expected("2025-05-04T14:02:19.123Z"));
    assert_eq!(values.level, Some(Level::Error));
    assert!(values.message.starts_with("a < b\n"), "{}", values.message);
    assert!(values.message.contains("shop.Order.fill"));
    assert_eq!(
        values.fields,
        [
            ("logger".to_owned(), json!("shop.Order")),
            ("thread".to_owned(), json!("main"))
        ]
    );
    assert_eq!(found[1].1.message.trim_end(), "x & y");
}

#[test]
fn events_in_one_line() {
    let found = records(&[
        r#"<Event xmlns="http://logging.apache.org/log4j/2.0/events" thread="main" level="WARN" loggerName="shop"><Instant epochSecond="1746367339" nanoOfSecond="118000000"/><Message>slow</Message></Event>"#,
        r#"<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Audit"/><EventID>4625</EventID><Level>2</Level><TimeCreated SystemTime="2025-05-04T14:02:19.5Z"/><Computer>shop</Computer></System><EventData><Data Name="user">ann</Data></EventData></Event>"#,
    ]);
    let [(first, log4j), (second, windows)] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(*first, expected("2025-05-04T14:02:19.118Z"));
    assert_eq!((log4j.level, &*log4j.message), (Some(Level::Warn), "slow"));
    assert_eq!(*second, expected("2025-05-04T14:02:19.5Z"));
    assert_eq!(windows.level, Some(Level::Error));
    for (name, value) in [
        ("provider", json!("Audit")),
        ("EventID", json!(4625)),
        ("Computer", json!("shop")),
        ("user", json!("ann")),
    ] {
        assert!(windows.fields.contains(&(name.to_owned(), value)), "{name}");
    }
}

#[test]
fn other_elements_are_no_events() {
    for line in [
        "<html><body>14:02:19</body></html>",
        "<Event>",
        "<Event name=\"a\" at=\"2025-05-04T14:02:19Z\">",
        "<log4j:event logger=\"a\">",
        "<log4j:event timestamp='1746367339123",
    ] {
        assert_eq!(head(line.as_bytes()), None, "{line}");
    }
}

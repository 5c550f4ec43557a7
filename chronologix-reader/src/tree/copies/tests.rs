//! Descriptions with mirrors of several shapes.

use super::*;

fn stream(name: &str, format: &str, line: Option<&str>, mirror: &[&str]) -> ManifestStream {
    ManifestStream {
        name: name.to_owned(),
        file: format!("{name}.log"),
        format: format.to_owned(),
        line: line.map(ToOwned::to_owned),
        mirror: mirror.iter().map(|name| (*name).to_owned()).collect(),
    }
}

#[test]
fn streams_with_copies_of_another_shape() {
    let template = Some("{timestamp} {level} {message}{fields}");
    let streams = [
        stream("app", "text", None, &[]),
        stream("audit", "json", None, &["app"]),
        stream("errors", "text", None, &["app"]),
        stream("jobs", "text", template, &[]),
        stream("slow", "text", template, &["jobs"]),
        stream("web", "text", template, &["all"]),
        stream("all", "text", None, &["all"]),
        stream("trace", "json", None, &[]),
    ];
    let streams: Vec<&ManifestStream> = streams.iter().collect();
    let found: Vec<&str> = with_unlike_copies(&streams).into_iter().collect();
    assert_eq!(found, ["all", "app", "audit", "errors", "web"]);
}

#[test]
fn units_of_timestamps() {
    for (format, seconds) in [
        ("rfc3339", None),
        ("%H:%M:%S.%f", None),
        ("%H:%M:%S", Some(1)),
        ("%d.%m. %-H:%M:%S %:z", Some(1)),
        ("%T", Some(1)),
        ("%H:%M %%S", Some(60)),
        ("%R", Some(60)),
        ("%H", None),
    ] {
        assert_eq!(unit_of(format), seconds.map(TimeDelta::seconds), "{format}");
    }
}

//! The description: its text, what it ignores, and how two are merged.

use super::{Digest, FORMAT_VERSION, Manifest, ManifestStream, SealHead};

fn stream(name: &str, file: &str) -> ManifestStream {
    ManifestStream {
        name: name.to_owned(),
        file: file.to_owned(),
        line: None,
        format: "text".to_owned(),
        mirror: Vec::new(),
    }
}

fn description(streams: &[ManifestStream]) -> Manifest {
    Manifest {
        format_version: FORMAT_VERSION,
        interval: "1h".to_owned(),
        timezone: "Europe/Prague".to_owned(),
        timestamp_format: "%H:%M:%S".to_owned(),
        streams: streams.to_vec(),
        seals: None,
    }
}

#[test]
fn the_text_is_for_people_too() {
    let mut errors = stream("errors", "errors.log");
    errors.mirror.push("app".to_owned());
    let description = description(&[errors]);
    let expected = r#"{
  "format_version": 1,
  "interval": "1h",
  "timezone": "Europe/Prague",
  "timestamp_format": "%H:%M:%S",
  "streams": [
    {
      "name": "errors",
      "file": "errors.log",
      "format": "text",
      "mirror": [
        "app"
      ]
    }
  ]
}
"#;
    assert_eq!(description.to_json(), expected);
    assert_eq!(Manifest::from_json(expected).unwrap(), description);
}

#[test]
fn unknown_members_are_ignored_and_missing_ones_reported() {
    let text = r#"{"format_version": 1, "interval": "1h", "timezone": "Europe/Prague",
        "timestamp_format": "%H:%M:%S", "colour": "red",
        "streams": [{"name": "app", "file": "app.log", "format": "text", "size": 7}]}"#;
    assert_eq!(
        Manifest::from_json(text).unwrap(),
        description(&[stream("app", "app.log")])
    );
    let missing = Manifest::from_json(r#"{"format_version": 1}"#).unwrap_err();
    assert!(
        missing.to_string().contains("missing field `interval`"),
        "{missing}"
    );
    for text in ["", "[]", "null", "{\"format_version\": -1}"] {
        assert!(Manifest::from_json(text).is_err(), "{text:?}");
    }
}

#[test]
fn streams_of_an_older_description_are_kept() {
    let older = description(&[stream("app", "old.log"), stream("audit", "audit.log")]);
    let ours = description(&[stream("app", "app.log"), stream("web", "web.log")]);
    let merged = ours.clone().merged_with(Some(older.clone()));
    let expected = [
        stream("app", "app.log"),
        stream("web", "web.log"),
        stream("audit", "audit.log"),
    ];
    assert_eq!(merged, description(&expected));
    assert_eq!(ours.clone().merged_with(None), ours);
}

#[test]
fn a_tree_of_another_kind_is_not_merged() {
    let ours = description(&[stream("app", "app.log")]);
    let change: [fn(&mut Manifest); 4] = [
        |other| other.format_version = 2,
        |other| other.interval = "5m".to_owned(),
        |other| other.timezone = "UTC".to_owned(),
        |other| other.timestamp_format = "%H".to_owned(),
    ];
    for change in change {
        let mut other = description(&[stream("audit", "audit.log")]);
        change(&mut other);
        assert_eq!(ours.clone().merged_with(Some(other)), ours);
    }
}

#[test]
fn the_head_of_the_chain_of_seals_stays_whatever_changes() {
    let mut older = description(&[]);
    older.seals = Some(SealHead {
        number: 7,
        digest: Digest([9; 32]),
    });
    assert_eq!(Manifest::from_json(&older.to_json()).unwrap(), older);
    let mut newer = description(&[]);
    newer.interval = "5m".to_owned();
    assert_eq!(newer.merged_with(Some(older.clone())).seals, older.seals);
    // A head that is none takes nothing from the rest.
    let broken = older.to_json().replace("0909", "zz");
    assert_eq!(Manifest::from_json(&broken).unwrap(), description(&[]));
}

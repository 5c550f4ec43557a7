//! Offsets, abbreviations, and what is neither.

use super::*;

/// Returns the zone of a text, and how much of it was read.
fn of(text: &str) -> (Zone, usize) {
    let mut cursor = Cursor::new(text.as_bytes(), 0);
    (read(&mut cursor), cursor.at())
}

#[test]
fn zones_are_read_to_their_end() {
    for (text, seconds) in [
        ("Z", 0),
        ("+02", 7200),
        ("-0330", -12_600),
        ("+05:45", 20_700),
        (" +0200", 7200),
        (" -08:00", -28_800),
        ("+02:00[Europe/Prague]", 7200),
    ] {
        assert_eq!(of(text), (Zone::Offset(seconds), text.len()), "{text}");
    }
    for (text, hours) in [
        (" UTC", 0),
        (" CEST", 2),
        (" EST", -5),
        (" AEDT", 11),
        (" HST", -10),
    ] {
        assert_eq!(of(text), (Zone::Named(hours * 3600), text.len()), "{text}");
    }
    assert_eq!(of(" -03 [7]"), (Zone::Offset(-10_800), 4));
}

#[test]
fn a_place_counts_before_a_bracket() {
    let civil: chrono::NaiveDateTime = "2025-05-04T14:02:19".parse().unwrap();
    let (zone, length) = of(" Europe/Prague] boom");
    let Zone::Place(place) = zone else {
        panic!("{zone:?}");
    };
    assert_eq!(length, " Europe/Prague".len());
    assert_eq!(
        place.instant(civil).to_rfc3339(),
        "2025-05-04T12:02:19+00:00"
    );
    assert_eq!(of(" Europe/Prague boom").0, Zone::Missing);
    assert_eq!(of(" Auth/Login] boom").0, Zone::Missing);
}

#[test]
fn words_of_messages_take_no_room_from_places() {
    for word in 0..2_000 {
        assert_eq!(of(&format!(" Info{word}/main: up")).0, Zone::Missing);
    }
    let (zone, _) = of(" Atlantic/Reykjavik] boom");
    assert!(matches!(zone, Zone::Place(_)), "{zone:?}");
}

#[test]
fn nothing_is_read_where_no_zone_is() {
    for text in [
        "",
        " ",
        " x",
        " INFO",
        " WARN",
        " -12 items",
        "+2",
        "+99:00",
        "+02:7",
        "Zone",
        " Est",
        " XYZ",
        "[7]",
    ] {
        assert_eq!(of(text), (Zone::Missing, 0), "{text}");
    }
}

//! Zones, one after the other.

use chronologix_schema::layout::zone;

use super::*;

fn zones(log: &str, local: &str, given: Option<&str>) -> Zones {
    let mut zones = Zones {
        local: zone(local).ok(),
        ..Zones::default()
    };
    zones.set_log(zone(log).unwrap());
    if let Some(given) = given {
        zones.set_given(zone(given).unwrap());
    }
    zones
}

/// Returns the names until they begin again.
fn names(mut zones: Zones) -> Vec<String> {
    let first = zones.shown().clone();
    let mut names = Vec::new();
    loop {
        names.push(zones.cycle());
        if *zones.shown() == first || names.len() > 5 {
            return names;
        }
    }
}

#[test]
fn each_zone_comes_once() {
    let prague = "Europe/Prague";
    assert_eq!(
        names(zones(prague, "Asia/Tokyo", None)),
        [
            "Asia/Tokyo (local)",
            "UTC",
            "Europe/Prague (that of the log)"
        ]
    );
    assert_eq!(
        names(zones("UTC", prague, None)),
        ["Europe/Prague (local)", "UTC"]
    );
    assert_eq!(names(zones("UTC", "UTC", None)), ["UTC (that of the log)"]);
    assert_eq!(
        names(zones(prague, "UTC", Some("Asia/Tokyo"))),
        [
            "Europe/Prague (that of the log)",
            "UTC (local)",
            "Asia/Tokyo (--tz)"
        ]
    );
}

#[test]
fn the_command_line_counts_for_one_run() {
    let mut given = zones("UTC", "UTC", Some("Asia/Tokyo"));
    given.restore(ZoneChoice::Local);
    assert_eq!(given.shown().name(), "Asia/Tokyo");
    assert_eq!(given.choice_to_keep(), ZoneChoice::Log);
    let mut local = zones("UTC", "Asia/Tokyo", None);
    local.restore(ZoneChoice::Local);
    assert_eq!(local.shown().name(), "Asia/Tokyo");
}

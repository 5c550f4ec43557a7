//! The zones of places whose names stand in lines. They are looked up once.

use std::sync::{PoisonError, RwLock};

use chrono::{DateTime, NaiveDateTime, Utc};
use chronologix_schema::layout::{TimeZone, zone};

/// The most names that are looked up. There are some hundred places.
const MOST: usize = 1 << 10;

/// The names that were seen, with their zones. `None` if there is no such place.
static SEEN: RwLock<Vec<(Box<str>, Option<TimeZone>)>> = RwLock::new(Vec::new());

/// A place, as an index into what was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) struct PlaceId(usize);

/// Returns the place of this name, if there is one.
pub(super) fn find(name: &str) -> Option<PlaceId> {
    let known = SEEN.read().unwrap_or_else(PoisonError::into_inner);
    let place = known.iter().position(|(known, _)| **known == *name);
    if let Some(index) = place {
        return known[index].1.as_ref().map(|_| PlaceId(index));
    }
    if known.len() >= MOST {
        return None;
    }
    drop(known);
    let zone = zone(name).ok();
    let is_place = zone.is_some();
    let mut known = SEEN.write().unwrap_or_else(PoisonError::into_inner);
    known.push((name.into(), zone));
    is_place.then_some(PlaceId(known.len() - 1))
}

impl PlaceId {
    /// Returns the instant at which clocks of the place show this time.
    pub(in crate::formats) fn instant(self, civil: NaiveDateTime) -> DateTime<Utc> {
        let known = SEEN.read().unwrap_or_else(PoisonError::into_inner);
        let zone = known.get(self.0).and_then(|(_, zone)| zone.as_ref());
        zone.unwrap_or(&TimeZone::UTC).instant(civil)
    }
}

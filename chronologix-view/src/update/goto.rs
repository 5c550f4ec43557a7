//! Goes to a time that was typed.

use chrono::{DateTime, Utc};
use chronologix_schema::layout::{Folder, TimeZone};

use super::fetch;
use crate::{model::Model, query::TimeSpec};

#[cfg(test)]
mod tests;

/// The position of the cursor in time.
#[derive(Clone, Debug)]
struct Here {
    /// The time of the line at the cursor, or of the newest line while following.
    instant: DateTime<Utc>,
    /// The folder of that line.
    folder: Folder,
    /// The time zone of the tree.
    zone: TimeZone,
}

impl Here {
    fn of(model: &Model) -> Option<Self> {
        let key = model.cursor()?.key;
        Some(Self {
            instant: key.instant,
            folder: key.folder,
            zone: model.zones.shown().clone(),
        })
    }

    /// Parses a time. Time spans are relative to the cursor, and a time of day is on its day.
    fn instant(&self, text: &str) -> Result<DateTime<Utc>, String> {
        let time_spec: TimeSpec = text
            .parse()
            .map_err(|bad: crate::query::BadTimeSpec| bad.to_string())?;
        let instant = match time_spec {
            TimeSpec::Clock(time) => {
                let day = self.zone.civil(self.instant).date();
                Some(self.zone.instant(day.and_time(time)))
            }
            other => other.resolve(self.instant, Some(self.folder), &self.zone),
        };
        instant.ok_or_else(|| format!("{text:?}: time out of range"))
    }
}

/// Goes to a time.
pub(super) fn jump(model: &mut Model, text: &str) -> Result<(), String> {
    let here = Here::of(model).ok_or("no lines yet")?;
    fetch::to_time(model, here.instant(text)?);
    Ok(())
}

//! The time zone in which times are shown.

use chronologix_schema::layout::TimeZone;
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// A zone to show times in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ZoneChoice {
    /// That of the log.
    #[default]
    Log,
    /// That of this machine.
    Local,
    /// Coordinated universal time.
    Utc,
    /// That of the command line.
    #[serde(skip)]
    Given,
}

/// The zones that times can be shown in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Zones {
    /// The zone of the tree, or of files of other loggers. UTC until it is known.
    log: Option<TimeZone>,
    /// The zone of this machine, if it is known.
    pub(crate) local: Option<TimeZone>,
    /// The zone of the command line.
    given: Option<TimeZone>,
    choice: ZoneChoice,
}

impl ZoneChoice {
    /// Returns the next one.
    fn next(self) -> Self {
        match self {
            Self::Log => Self::Local,
            Self::Local => Self::Utc,
            Self::Utc => Self::Given,
            Self::Given => Self::Log,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Log => "that of the log",
            Self::Local => "local",
            Self::Utc => "UTC",
            Self::Given => "--tz",
        }
    }
}

impl Zones {
    /// Returns the zone in which times are shown.
    pub(crate) fn shown(&self) -> &TimeZone {
        self.zone(self.choice).unwrap_or(&TimeZone::UTC)
    }

    /// Returns the zone of a choice, if there is one.
    fn zone(&self, choice: ZoneChoice) -> Option<&TimeZone> {
        match choice {
            ZoneChoice::Log => Some(self.log.as_ref().unwrap_or(&TimeZone::UTC)),
            ZoneChoice::Local => self.local.as_ref(),
            ZoneChoice::Utc => Some(&TimeZone::UTC),
            ZoneChoice::Given => self.given.as_ref(),
        }
    }

    /// Sets the zone of the log.
    pub(crate) fn set_log(&mut self, zone: TimeZone) {
        self.log = Some(zone);
    }

    /// Shows times in the zone of the command line.
    pub(crate) fn set_given(&mut self, zone: TimeZone) {
        self.given = Some(zone);
        self.choice = ZoneChoice::Given;
    }

    /// Shows the next zone that differs from the one before. Returns its name.
    pub(crate) fn cycle(&mut self) -> String {
        let before = self.shown().clone();
        let mut choice = self.choice;
        loop {
            choice = choice.next();
            let is_other = self.zone(choice).is_some_and(|zone| *zone != before);
            if is_other || choice == self.choice {
                break;
            }
        }
        self.choice = choice;
        let (name, word) = (self.shown().name(), choice.word());
        if name == word {
            name.to_owned()
        } else {
            format!("{name} ({word})")
        }
    }

    /// Returns what is kept for the next run. The command line counts for this run only.
    pub(crate) fn choice_to_keep(&self) -> ZoneChoice {
        match self.choice {
            ZoneChoice::Given => ZoneChoice::Log,
            choice => choice,
        }
    }

    /// Shows the zone of an earlier run, unless the command line says another.
    pub(crate) fn restore(&mut self, choice: ZoneChoice) {
        if self.given.is_none() {
            self.choice = choice;
        }
    }
}

//! The columns before the message of a line: mark, time, level, stream, and chosen fields.
//!
//! ```text
//! ›14:02:45.786 ERR errors   502 division by zero
//! ```

use serde::{Deserialize, Serialize};

use super::Model;
use crate::{
    query::{Field, LineValues, text_of},
    sanitize,
};

/// How the time of a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StampStyle {
    /// `14:02:45`
    Seconds,
    /// `14:02:45.786`
    #[default]
    Millis,
    /// `14:02:45.786403`
    Micros,
    /// The time since the line before.
    Relative,
}

impl StampStyle {
    /// Returns the next style.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::Seconds => Self::Millis,
            Self::Millis => Self::Micros,
            Self::Micros => Self::Relative,
            Self::Relative => Self::Seconds,
        }
    }

    /// Returns the name in messages.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Millis => "milliseconds",
            Self::Micros => "microseconds",
            Self::Relative => "since the line before",
        }
    }

    /// Returns the width of a time.
    pub(crate) fn width(self) -> usize {
        match self {
            Self::Seconds => 8,
            Self::Millis => 12,
            Self::Micros => 15,
            Self::Relative => 10,
        }
    }
}

/// A field that stands in a column of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FieldColumn {
    /// The name of the field. Dots lead into objects.
    pub(crate) name: String,
    /// The width of the column.
    pub(crate) width: usize,
}

/// The least and the largest width of a column of a field.
pub(crate) const NARROWEST: usize = 2;
pub(crate) const WIDEST: usize = 60;

impl FieldColumn {
    /// Returns its value among those of a line as text, if the line has one.
    pub(crate) fn value(&self, values: &LineValues<'_>) -> Option<String> {
        let value = Field::named(&self.name).value(values)?;
        Some(text_of(&value).into_owned())
    }
}

/// The width of a level.
pub(crate) const LEVEL: usize = 3;

/// The maximum width of the name of a stream.
const WIDEST_NAME: usize = 8;

/// Below this width of a pane, times are written in seconds.
const LEAST_FOR_MILLIS: u16 = 60;

/// The columns of fields leave at least so much for the message.
const LEAST_MESSAGE: usize = 20;

/// Below this width of a pane, streams are not named.
const LEAST_FOR_NAMES: u16 = 40;

/// Returns the width of the longest name of a stream, up to the maximum.
fn widest_name(model: &Model) -> usize {
    let mut widest = 0;
    for stream in model.streams.ids() {
        widest = sanitize::width(model.streams.name(stream)).max(widest);
        if widest >= WIDEST_NAME {
            return WIDEST_NAME;
        }
    }
    widest
}

/// The columns before the messages of a tab. Each is followed by a blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    /// How times are written.
    pub(crate) stamp: StampStyle,
    /// The width of the names of streams. 0 if there is no such column.
    pub(crate) name: usize,
    /// How many of the chosen fields have columns.
    pub(crate) fields: usize,
    /// The width of these columns, with the blanks after them.
    fields_width: usize,
}

impl Columns {
    /// Returns the columns of a tab on a pane of this width.
    pub(crate) fn of(model: &Model, tab: usize, width: u16) -> Self {
        let stamp = match model.stamp {
            StampStyle::Millis | StampStyle::Micros if width < LEAST_FOR_MILLIS => {
                StampStyle::Seconds
            }
            stamp => stamp,
        };
        let is_named = tab == 0 && model.streams.len() > 1 && width >= LEAST_FOR_NAMES;
        let name = if is_named { widest_name(model) } else { 0 };
        let mut columns = Self {
            stamp,
            name,
            fields: 0,
            fields_width: 0,
        };
        for column in &model.columns {
            let own = column.width + 1;
            if columns.width() + own + LEAST_MESSAGE > usize::from(width) {
                break;
            }
            columns.fields += 1;
            columns.fields_width += own;
        }
        columns
    }

    /// Returns the width of all columns, with the blanks after them.
    pub(crate) fn width(self) -> usize {
        let name = if self.name > 0 { self.name + 1 } else { 0 };
        self.stamp.width() + 1 + LEVEL + 1 + name + self.fields_width
    }
}

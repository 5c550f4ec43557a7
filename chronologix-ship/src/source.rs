//! What is sent: records as they are read from a tree.

use std::{borrow::Cow, time::Duration};

use chronologix_schema::Level;

use crate::error::ShipError;

/// A record of a tree, borrowed from what was read.
#[derive(Clone, Debug)]
pub(crate) struct Record<'a> {
    /// The stream that it was logged to.
    pub(crate) stream: &'a str,
    /// The streams that have a copy.
    pub(crate) mirrors: Vec<&'a str>,
    /// Nanoseconds since 1970, if its line says when it was logged.
    pub(crate) time: Option<i64>,
    pub(crate) level: Option<Level>,
    /// The message without its fields.
    pub(crate) message: Cow<'a, str>,
    pub(crate) fields: Vec<(Cow<'a, str>, Value<'a>)>,
    /// The id of its statement.
    pub(crate) id: Option<&'a str>,
    pub(crate) place: Place<'a>,
    /// The bytes that it takes in its file.
    pub(crate) bytes: usize,
}

/// Where a record begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// The interval folder.
    pub(crate) folder: &'a str,
    pub(crate) file: &'a str,
    /// In bytes, uncompressed.
    pub(crate) offset: u64,
}

/// The value of a field.
#[derive(Clone, Debug)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    I64(i64),
    U64(u64),
    F64(f64),
    Str(Cow<'a, str>),
    /// An array or an object, as JSON.
    Json(Cow<'a, str>),
}

/// A tree that is followed from a cursor on.
pub(crate) trait Source {
    /// Gives up to `max` records to `each`, and returns their number. Waits up to `timeout` for the
    /// first.
    ///
    /// # Errors
    ///
    /// If the tree cannot be read. What was given to `each` is right.
    fn next_batch(
        &mut self,
        max: usize,
        timeout: Duration,
        each: &mut dyn FnMut(&Record<'_>),
    ) -> Result<usize, ShipError>;

    /// Returns the place behind all records that were given out, as JSON.
    fn cursor(&mut self) -> serde_json::Value;

    /// Returns whether all records that the tree has now were given out.
    fn is_caught_up(&self) -> bool;

    /// Returns the bytes of the tree that are still to be read.
    fn lag_bytes(&self) -> u64;

    /// Takes what could not be read since the last time, a sentence each.
    fn take_incidents(&mut self) -> Vec<String>;
}

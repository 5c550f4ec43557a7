//! OTLP/HTTP: requests of log records as protocol buffers and as JSON, and what is answered.
//!
//! The messages are written here byte by byte. The schema of OTLP logs is stable, and the tests
//! read what is written by the types that are generated from it.

mod answer;
mod json;
mod protobuf;
mod record;
mod request;

pub(crate) use self::{
    answer::{partial_success, status_message},
    json::request_as_json,
    record::RecordEncoder,
    request::{Batch, Resource},
};

#[cfg(test)]
mod tests;

//! A request: encoded records, and what stands around them.

#[cfg(test)]
use super::{protobuf::Field, record::LOG_RECORDS};
use super::{
    protobuf::{Fields, put_bytes, put_head, put_message, varint_len},
    record::put_pair,
};

/// What sends records, encoded: the same in front of all of them.
#[derive(Debug)]
pub(crate) struct Resource {
    /// `ResourceLogs.resource`.
    resource: Vec<u8>,
    /// `ScopeLogs.scope`.
    scope: Vec<u8>,
}

/// Encoded records that are sent in one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Batch {
    /// Each as a field of `ScopeLogs`.
    pub(crate) records: Vec<u8>,
    /// Their number.
    pub(crate) count: usize,
}

impl Resource {
    /// A resource with these attributes: name and value.
    pub(crate) fn new<'a>(attributes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut resource = Vec::new();
        put_message(&mut resource, 1, |out| {
            for (name, value) in attributes {
                put_pair(out, 1, name, value);
            }
        });
        let mut scope = Vec::new();
        put_message(&mut scope, 1, |out| {
            put_bytes(out, 1, b"chronologix");
            put_bytes(out, 2, env!("CARGO_PKG_VERSION").as_bytes());
        });
        Self { resource, scope }
    }

    /// Returns what stands in front of `records` to make them an `ExportLogsServiceRequest`.
    pub(crate) fn head(&self, records: &[u8]) -> Vec<u8> {
        let scope_logs = self.scope.len() + records.len();
        let of_scope_logs = 1 + varint_len(scope_logs as u64);
        let resource_logs = self.resource.len() + of_scope_logs + scope_logs;
        let mut head = Vec::with_capacity(self.resource.len() + self.scope.len() + 24);
        put_head(&mut head, 1, resource_logs);
        head.extend_from_slice(&self.resource);
        put_head(&mut head, 2, scope_logs);
        head.extend_from_slice(&self.scope);
        head
    }
}

impl Batch {
    /// Splits the batch in halves, for a receiver that finds it too large. Returns nothing if it is
    /// a single record.
    pub(crate) fn halves(&self) -> Option<[Self; 2]> {
        let half = self.count / 2;
        if half == 0 {
            return None;
        }
        let mut records = Fields(&self.records);
        for _ in 0..half {
            records.next()?;
        }
        let first = self.records.len() - records.rest().len();
        let part = |records: &[u8], count| Self {
            records: records.to_vec(),
            count,
        };
        let (front, back) = self.records.split_at(first);
        Some([part(front, half), part(back, self.count - half)])
    }

    /// Returns the encoded records one by one.
    #[cfg(test)]
    pub(crate) fn each(&self) -> impl Iterator<Item = &[u8]> {
        Fields(&self.records).filter_map(|(number, field)| match field {
            Field::Bytes(record) if number == LOG_RECORDS => Some(record),
            _ => None,
        })
    }
}

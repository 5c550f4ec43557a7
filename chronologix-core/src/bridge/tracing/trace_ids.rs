//! The ids that a span has in a distributed trace.

use std::{fmt, sync::OnceLock};

use tracing_core::{Dispatch, dispatcher::WeakDispatch, span::Id};

use crate::{
    codec::{encode::BufEncoder, field_codec::FieldRef},
    frontend::dynamic::encode_field,
};

/// Returns the bytes of the trace's id and of the span's.
type IdsOfSpan = dyn Fn(&Id, &Dispatch) -> Option<([u8; 16], [u8; 8])> + Send + Sync;

/// Finds the ids of spans, by a function of the user.
pub(super) struct TraceIds {
    ids_of: Box<IdsOfSpan>,
    /// The subscriber that the layer is part of, which cannot own itself.
    subscriber: OnceLock<WeakDispatch>,
}

impl TraceIds {
    pub(super) fn new(
        ids_of: impl Fn(&Id, &Dispatch) -> Option<([u8; 16], [u8; 8])> + Send + Sync + 'static,
    ) -> Self {
        Self {
            ids_of: Box::new(ids_of),
            subscriber: OnceLock::new(),
        }
    }

    /// Keeps the subscriber that the layer has become part of.
    pub(super) fn register(&self, subscriber: &Dispatch) {
        let _ = self.subscriber.set(subscriber.downgrade());
    }

    /// Writes the ids of a span, if it has them.
    pub(super) fn encode(&self, to: &mut BufEncoder<'_>, span: &Id) {
        let subscriber = self.subscriber.get().and_then(WeakDispatch::upgrade);
        let Some((trace_id, span_id)) = subscriber.and_then(|it| (self.ids_of)(span, &it)) else {
            return;
        };
        let (trace_id, span_id) = (u128::from_be_bytes(trace_id), u64::from_be_bytes(span_id));
        let mut encode =
            |key, id: fmt::Arguments<'_>| encode_field(to, key, FieldRef::Formatted(id));
        if trace_id != 0 {
            encode("trace_id", format_args!("{trace_id:032x}"));
        }
        if span_id != 0 {
            encode("span_id", format_args!("{span_id:016x}"));
        }
    }
}

impl fmt::Debug for TraceIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceIds").finish_non_exhaustive()
    }
}

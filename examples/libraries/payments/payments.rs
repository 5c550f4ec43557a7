//! A library that does not decide where it logs: its audit trail goes to a handle that it is given,
//! all else to the `log` crate.

use chronologix::{StreamHandle, info};

/// Takes payments.
#[derive(Debug)]
pub struct Payments {
    audit: StreamHandle,
}

impl Payments {
    /// Creates payments with an audit trail in this stream.
    #[must_use]
    pub fn new(audit: StreamHandle) -> Self {
        Self { audit }
    }

    /// Takes the payment of an order. Returns once it is in the audit trail, with the durability of
    /// that stream.
    pub async fn take(&self, order: u64, cents: u64) {
        log::debug!("asking the bank");
        let _receipt = info!(self.audit, order, cents; "paid").await;
    }
}

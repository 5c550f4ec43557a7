//! The call of all loggers behind the `log` crate.

use super::Caller;
use crate::order::Order;

/// Logs by `log::info!`.
pub(crate) struct LogCrate;

impl Caller for LogCrate {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        let Order {
            number,
            price,
            name,
        } = order;
        log::info!("order {number} filled at {price} for {name}");
    }
}

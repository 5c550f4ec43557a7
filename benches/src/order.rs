//! The record every logger writes: three arguments, about 60 bytes a line, all of them predictable.

use std::io::Write as _;

#[cfg(test)]
mod tests;

/// What the numbers of each caller's orders begin with, so that lines are equally long from the
/// start.
const FIRST_NUMBER: u64 = 100_000;

/// More than the bytes of a line.
pub(crate) const LINE_BYTES: u64 = 64;

/// How many prices there are.
const PRICES: u64 = 400;

/// One record. Which caller wrote it is in the name, and which of that caller's records it is in
/// the number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Order<'a> {
    pub(crate) number: u64,
    pub(crate) price: f64,
    pub(crate) name: &'a str,
}

impl<'a> Order<'a> {
    /// The `index`-th order of the caller with this name.
    #[inline]
    pub(crate) fn new(index: u64, name: &'a str) -> Self {
        let quarters = u16::try_from(index % PRICES).unwrap_or_default();
        Self {
            number: FIRST_NUMBER + index,
            price: 100.25 + f64::from(quarters) / 4.0,
            name,
        }
    }

    /// Writes the message as every logger must write it.
    pub(crate) fn write_to(&self, out: &mut Vec<u8>) {
        // A vector takes everything.
        let _ = write!(
            out,
            "order {} filled at {} for {}",
            self.number, self.price, self.name
        );
    }
}

/// The name of a caller.
pub(crate) fn name(caller: usize) -> String {
    format!("ACME-{caller:02}")
}

/// The name of a caller, long enough for messages of so many bytes.
pub(crate) fn long_name(caller: usize, message_bytes: usize) -> String {
    let name = name(caller);
    let mut message = Vec::new();
    Order::new(0, &name).write_to(&mut message);
    "x".repeat(message_bytes.saturating_sub(message.len())) + &name
}

/// The caller and the index of an order, as its message tells. The rest of the message is not
/// looked at.
pub(crate) fn origin(message: &[u8]) -> Option<(usize, u64)> {
    let message = std::str::from_utf8(message).ok()?;
    let (number, rest) = message.strip_prefix("order ")?.split_once(' ')?;
    let (_, caller) = rest.rsplit_once("ACME-")?;
    let index = number.parse::<u64>().ok()?.checked_sub(FIRST_NUMBER)?;
    Some((caller.parse().ok()?, index))
}

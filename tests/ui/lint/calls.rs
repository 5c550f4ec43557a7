//! Calls of the macros in a crate that has every lint of clippy on. What is allowed here is what
//! the crate itself does.
#![warn(
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::restriction
)]
#![allow(
    clippy::blanket_clippy_restriction_lints,
    reason = "this crate wants to hear of all"
)]
#![allow(
    clippy::exhaustive_structs,
    clippy::implicit_return,
    clippy::missing_inline_in_public_items,
    clippy::single_call_fn,
    reason = "what lies in the way this file is written"
)]

/// The streams of the whole file.
#[chronologix::streams(
    app,
    errors -> app,
    audit(durability = "synced", format = "json", min_level = "info") -> (app, errors),
    quiet(compile_min_level = "warn", dedup = "1h"),
)]
pub struct Logs;

/// Each kind of hole, field and option.
pub async fn kinds(quantity: u32, name: &str, handle: &chronologix::StreamHandle) -> bool {
    chronologix::log!(app, "plain").detach();
    chronologix::log!(app, "plain").await;
    chronologix::log!(errors, "{quantity} {name} {:?} {:>8}", name, quantity).detach();
    chronologix::error!(audit, quantity, user:? = name, "a b":% = quantity; "{name}").detach();
    chronologix::warn!(quiet(every = "1h"), quantity; "once in a while {name}").detach();
    chronologix::debug!(quiet, "below the floor {name}").detach();
    chronologix::log!(&handle, "through a handle {quantity}").detach();
    chronologix::log!(app, "{name}").synced().await.is_ok()
}

/// An argument that leaves the loop around the call.
pub fn leaves(numbers: &[Option<u32>]) {
    for number in numbers {
        chronologix::log!(app, "<>", match *number {
            Some(0) => continue,
            Some(count) => count,
            None => break,
        })
        .detach();
    }
}

/// A function of many records, which has no branches.
pub fn many(number: u32) {
    chronologix::log!(app, "step 1 {number}").detach();
    chronologix::log!(app, "step 2 {number}").detach();
    chronologix::log!(app, "step 3 {number}").detach();
    chronologix::log!(app, "step 4 {number}").detach();
    chronologix::log!(app, "step 5 {number}").detach();
    chronologix::log!(app, "step 6 {number}").detach();
    chronologix::log!(app, "step 7 {number}").detach();
    chronologix::log!(app, "step 8 {number}").detach();
    chronologix::log!(app, "step 9 {number}").detach();
    chronologix::log!(app, "step 10 {number}").detach();
    chronologix::log!(app, "step 11 {number}").detach();
    chronologix::log!(app, "step 12 {number}").detach();
    chronologix::log!(app, "step 13 {number}").detach();
    chronologix::log!(app, "step 14 {number}").detach();
    chronologix::log!(app, "step 15 {number}").detach();
    chronologix::log!(app, "step 16 {number}").detach();
    chronologix::log!(app, "step 17 {number}").detach();
    chronologix::log!(app, "step 18 {number}").detach();
    chronologix::log!(app, "step 19 {number}").detach();
    chronologix::log!(app, "step 20 {number}").detach();
    chronologix::log!(app, "step 21 {number}").detach();
    chronologix::log!(app, "step 22 {number}").detach();
    chronologix::log!(app, "step 23 {number}").detach();
    chronologix::log!(app, "step 24 {number}").detach();
    chronologix::log!(app, "step 25 {number}").detach();
    chronologix::log!(app, "step 26 {number}").detach();
    chronologix::log!(app, "step 27 {number}").detach();
    chronologix::log!(app, "step 28 {number}").detach();
    chronologix::log!(app, "step 29 {number}").detach();
    chronologix::log!(app, "step 30 {number}").detach();
    chronologix::log!(app, "step 31 {number}").detach();
    chronologix::log!(app, "step 32 {number}").detach();
    chronologix::log!(app, "step 33 {number}").detach();
    chronologix::log!(app, "step 34 {number}").detach();
    chronologix::log!(app, "step 35 {number}").detach();
    chronologix::log!(app, "step 36 {number}").detach();
    chronologix::log!(app, "step 37 {number}").detach();
    chronologix::log!(app, "step 38 {number}").detach();
    chronologix::log!(app, "step 39 {number}").detach();
    chronologix::log!(app, "step 40 {number}").detach();
}

fn main() {
    many(1);
}

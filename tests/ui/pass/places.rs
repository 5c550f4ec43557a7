//! Places a call may stand in. Guards that it is one expression, borrows only for its own time, and
//! is `Send`.

use std::{cell::RefCell, fmt::Display, rc::Rc};

use chronologix::{LogError, LogFuture, log};

#[chronologix::streams(app)]
fn main() {
    generic(1);
    sized::<3>();
    drop(needs_send(tasks()));
    let cell = RefCell::new(String::from("x"));
    let log_it = |text: &dyn Display| log!(app, "<> <>", text, cell.borrow()).detach();
    log_it(&format!("{}", 1));
    let record: LogFuture = match 3 {
        n @ 1..=5 => log!(app, "{n}"),
        _ => log!(app, "<>", { log!(app, "within").detach(); 1 }),
    };
    record.detach();
    in_macro!(app, "<> {local}", 1);
    drop(Logs);
    let _ = maybe();
}

fn generic<T: Display>(value: T) {
    log!(app, "<> {value:>3}", value).detach();
}

fn sized<const N: usize>() {
    log!(app, "<>", N).detach();
}

fn maybe() -> Option<()> {
    log!(app, "<>", None::<u8>?).detach();
    Some(())
}

fn needs_send<T: Send + 'static>(value: T) -> T {
    value
}

async fn tasks() -> Result<(), LogError> {
    // Neither an `Rc` nor a `Ref` outlives the call.
    log!(app, "<> <>", Rc::new(1), RefCell::new(2).borrow()).await;
    log!(app, "<>", async { 1 }.await).synced().await?;
    log!(app, "x").await.into_result()
}

struct Logs;

impl Drop for Logs {
    fn drop(&mut self) {
        log!(app, "dropped").detach();
    }
}

macro_rules! in_macro {
    ($stream:ident, $template:literal, $($arguments:expr),*) => {{
        log!($stream, $template, $($arguments),*, local = 2).detach();
    }};
}
use in_macro;

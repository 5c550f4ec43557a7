//! Calls that log at most once in a while, and a stream that collapses repeats. A field called
//! `every` stays a field.

#[chronologix::streams(app(dedup = "10s"), errors(dedup = "500ms", durability = "queued") -> app)]
struct Logs;

fn main() {
    let every = 5;
    chronologix::log!(app(every = "5s"), "x").detach();
    chronologix::warn!(app(every = "100ms",), id = 1, every; "x <>", 2).detach();
    chronologix::log!(Logs::errors(every = "2h"), "{} {every}", 1).detach();
    chronologix::log!(crate::chronologix_streams::app(every = "1m"), "x").detach();
    chronologix::log!(app, every = "5s"; "x").detach();
    chronologix::log!(app, every = "5s", id = 1; "x").detach();
    chronologix::log!(app, every; "x").detach();
}

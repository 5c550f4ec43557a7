//! Everything a declaration may say; guards the grammar.

#[chronologix::streams(
    app,
    errors -> app,
    both -> (app, errors,),
    audit(durability = "synced", format = "json", min_level = "info", compile_min_level = "debug"),
    raw(file = "raw.txt", multiline = "indent", overflow = "drop",) -> app,
    r#type,
    declaration,
    LEVELS,
    LogFuture,
    std,
    __private,
)]
fn main() {
    chronologix::log!(r#type, "a keyword").detach();
    chronologix::log!(declaration, "the name of our own module").detach();
    chronologix::log!(LEVELS, "the name of our own static").detach();
    chronologix::log!(LogFuture, "the name of a type").detach();
    chronologix::log!(std, "the name of a crate").detach();
    chronologix::log!(__private, "the name of a door").detach();
}

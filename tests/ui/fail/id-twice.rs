//! Two statements of one crate pin the same id.

mod orders {
    pub(crate) fn fill() {
        chronologix::log!(app(id = "order.filled"), "filled").detach();
    }
}

#[chronologix::streams(app)]
fn main() {
    orders::fill();
    chronologix::error!(app(id = "order.filled-twice"), "filled twice").detach();
    chronologix::error!(app(id = "order.filled"), "filled <>", 5).detach();
}

//! Below `#[tokio::main]`; guards that the order of the attributes does not matter.

#[tokio::main]
#[chronologix::streams(app)]
async fn main() {
    chronologix::log!(app, "x").await;
}

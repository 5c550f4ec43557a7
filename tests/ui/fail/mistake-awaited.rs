//! A mistake in the call gives no second message at the `.await`.

use chronologix::log;

#[chronologix::streams(app)]
async fn run() -> Result<(), chronologix::LogError> {
    log!(app, 5).await;
    log!(app, "<>").synced().await?;
    log!(app, "<:?", 1, 2).wait().into_result()?;
    log!(app, level = 1; "x").await.into_result()
}

fn main() {
    drop(run());
}

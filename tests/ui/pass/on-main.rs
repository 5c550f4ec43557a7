//! On `fn main` with another attribute; guards that the item comes through untouched.

use chronologix::log;

#[chronologix::streams(app, errors -> app, audit)]
#[tokio::main]
async fn main() {
    let _config = chronologix_streams::config();
    log!(app, "Starting batch job").await;
    log!(audit, "Auditing step <>", 1).await;
    log!(errors, "Exception occurred: <>", "division by zero").await;
}

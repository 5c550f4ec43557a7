//! What is missing is the attribute, and no crate.

fn main() {
    let _logger = chronologix_streams::config().start_blocking();
}

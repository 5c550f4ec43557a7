//! On a module, and used in another; guards that streams are found from anywhere in the crate.

#[chronologix::streams(app, audit(durability = "synced", format = "json") -> app)]
mod logs {
    pub fn log() {
        chronologix::log!(audit, "from a module").detach();
    }
}

mod deep {
    pub mod down {
        pub fn log() {
            chronologix::warn!(app, "from below").detach();
        }
    }
}

fn main() {
    logs::log();
    deep::down::log();
}

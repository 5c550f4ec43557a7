//! A part of every record cannot be a field of a context either.

fn main() {
    let _ = chronologix::fields! { level = 1, id = 2, id = 3 };
}

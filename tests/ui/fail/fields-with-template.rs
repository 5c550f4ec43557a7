//! Fields of no record have no template.

fn main() {
    let _ = chronologix::fields! { id = 1; "template" };
}

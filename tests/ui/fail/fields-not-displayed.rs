//! What is no primitive and no string must have a `Display`, or be asked for its `Debug`.

struct Opaque;

fn main() {
    let opaque = Opaque;
    let _ = chronologix::fields! { id = 1, opaque };
}

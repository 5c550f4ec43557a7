//! The value of a secret is only had by `expose`.

fn main() {
    let secret = chronologix::Secret::new(17);
    let _: i32 = secret.0;
}

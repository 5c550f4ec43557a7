//! Names of the right length that tell their caller.

use super::*;

#[test]
fn long_names() {
    for bytes in [0, 40, 400, 64 << 10] {
        let name = long_name(7, bytes);
        let mut message = Vec::new();
        Order::new(0, &name).write_to(&mut message);
        assert_eq!(message.len(), bytes.max(41));
        assert_eq!(origin(&message), Some((7, 0)));
    }
}

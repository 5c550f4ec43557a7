//! Tests of the real file system, and a simulated one for the tests of other rooms.

pub(crate) mod os;
#[cfg_attr(
    loom,
    expect(
        dead_code,
        reason = "the tests that use all of it are not built for loom"
    )
)]
pub(crate) mod sim;

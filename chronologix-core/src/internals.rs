//! What this project's own fuzz targets, benchmarks and fault tests may use. Not part of the public
//! API.

pub mod bench;
#[cfg(unix)]
pub mod faults;
pub mod fuzz;

//! The program `chronologix-ship`; everything is in the library, so that it can be tested.

use std::process::ExitCode;

fn main() -> ExitCode {
    chronologix_ship::run(std::env::args_os())
}

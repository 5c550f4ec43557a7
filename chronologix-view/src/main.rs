//! The program `chronologix-view`; everything is in the library, so that it can be tested.

use std::process::ExitCode;

fn main() -> ExitCode {
    chronologix_view::run(std::env::args_os())
}

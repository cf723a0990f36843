//! The Hongbao server and its command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    hongbao::run()
}

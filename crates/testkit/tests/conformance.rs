//! The suite judges its own reference.

use hongbao_testkit::Rig;

fn main() -> std::process::ExitCode {
    hongbao_testkit::main("memory", async || Rig::in_memory())
}

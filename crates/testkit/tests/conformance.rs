//! The suite judges its own reference.

use hongbao_testkit::TestStore;

fn main() -> std::process::ExitCode {
    hongbao_testkit::main("memory", async || TestStore::in_memory())
}

//! The `tiaokuan` command.

use std::process::ExitCode;

/// The system's allocator keeps what generations leave behind: docs/adr/0010-allocator.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Nothing but in tests, which are built with fail points.
    let _scenario = fail::FailScenario::setup();
    tiaokuan::cli::main()
}

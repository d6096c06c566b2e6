//! The `tiaokuan` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Nothing but in tests, which are built with fail points.
    let _scenario = fail::FailScenario::setup();
    tiaokuan::cli::main()
}

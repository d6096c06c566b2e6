//! The `tiaokuan` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    tiaokuan::cli::main()
}

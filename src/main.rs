//! The `tiaokuan` command.

fn main() {}

//! What the process holds in memory, as the kernel counts it (Linux; 0 elsewhere).

/// Bytes resident now.
pub(super) fn resident() -> u64 {
    field("VmRSS:")
}

/// Most bytes that were resident at once.
pub(super) fn peak() -> u64 {
    field("VmHWM:")
}

/// Bytes resident that stand in no file: what the kernel cannot drop and read again.
pub(super) fn anonymous() -> u64 {
    field("RssAnon:")
}

fn field(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

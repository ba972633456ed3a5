//! What a process used: its own CPU time and memory, from Linux's `/proc`. On a machine that others
//! use too, CPU time says more than time on the clock.

use std::{fs, time::Duration};

/// Linux counts CPU time for user space in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// The CPU time that these processes have used since they began.
pub(crate) fn cpu(pids: &[u32]) -> Result<Duration, String> {
    pids.iter().map(|pid| cpu_of(*pid)).sum()
}

fn cpu_of(pid: u32) -> Result<Duration, String> {
    let text = read(pid, "stat")?;
    // The name, in parentheses, may hold anything.
    let (_, fields) = text.rsplit_once(')').ok_or("/proc/PID/stat has no name")?;
    let mut times = fields.split_whitespace().skip(11).map(str::parse::<u32>);
    match (times.next(), times.next()) {
        (Some(Ok(user)), Some(Ok(system))) => Ok(TICK * (user + system)),
        _ => Err("/proc/PID/stat has no times".to_owned()),
    }
}

/// Resident memory in KiB: now, and at its peak.
pub(crate) fn memory(pid: u32) -> Result<(u64, u64), String> {
    let text = read(pid, "status")?;
    let of = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        number.ok_or_else(|| format!("/proc/PID/status has no {name}"))
    };
    Ok((of("VmRSS:")?, of("VmHWM:")?))
}

/// PostgreSQL's processes, if the server of this URL runs on this machine as `.ci/postgres` starts it.
pub(crate) fn postgres(url: &str) -> Vec<u32> {
    let port = url.rsplit_once(':').map(|(_, rest)| rest);
    let port = port.and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let stated = format!("port={port}");
    let all: Vec<u32> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    let is_server = |pid: &&u32| {
        let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let mut words = command.split(|byte| *byte == 0).map(String::from_utf8_lossy);
        words.next().is_some_and(|first| first.ends_with("postgres"))
            && words.any(|word| word == stated)
    };
    let Some(server) = all.iter().find(is_server).copied() else { return Vec::new() };
    let is_its = |pid: &&u32| **pid == server || parent(**pid) == Some(server);
    all.iter().filter(is_its).copied().collect()
}

fn parent(pid: u32) -> Option<u32> {
    let text = read(pid, "stat").ok()?;
    text.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// How busy the machine has been in the last minute, by everybody.
pub(crate) fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("unknown").to_owned()
}

fn read(pid: u32, what: &str) -> Result<String, String> {
    let path = format!("/proc/{pid}/{what}");
    fs::read_to_string(&path).map_err(|error| format!("{path}: {error}; this needs Linux"))
}

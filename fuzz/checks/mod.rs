//! What must hold for any bytes, one file a fuzz target. A check panics where it does not hold. The
//! fuzz targets run them on nightly; `tests/house/seeds.rs` replays the seeds through them on stable.

mod bandit;
mod cobertura;
mod diff;
mod evidence;
mod gate_metrics;
mod junit;
mod pip_audit;
mod policy;
mod pull_request;
mod recognise;
mod record;
mod verdict;

/// Runs the check of a fuzz target.
pub(crate) fn run(target: &str, bytes: &[u8]) {
    match target {
        "cobertura" => cobertura::check(bytes),
        "bandit" => bandit::check(bytes),
        "gate_metrics" => gate_metrics::check(bytes),
        "junit" => junit::check(bytes),
        "pip_audit" => pip_audit::check(bytes),
        "pull_request" => pull_request::check(bytes),
        "diff" => diff::check(bytes),
        "policy" => policy::check(bytes),
        "recognise" => recognise::check(bytes),
        "record" => record::check(bytes),
        _ => panic!("there is no check {target}"),
    }
}

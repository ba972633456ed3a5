//! What must hold for any bytes, one file a fuzz target, and one for all readers of reports that
//! need no more. A check panics where it does not hold. The
//! fuzz targets run them on nightly; `tests/house/seeds.rs` replays the seeds through them on stable.

mod cobertura;
mod diff;
mod evidence;
mod policy;
mod pull_request;
mod recognise;
mod record;
mod report;
mod verdict;

/// Runs the check of a fuzz target. A target that is a report format by its name has the check of
/// every reader.
pub(crate) fn run(target: &str, bytes: &[u8]) {
    match target {
        "cobertura" => cobertura::check(bytes),
        "pull_request" => pull_request::check(bytes),
        "diff" => diff::check(bytes),
        "policy" => policy::check(bytes),
        "recognise" => recognise::check(bytes),
        "record" => record::check(bytes),
        name => match name.replace('_', "-").parse() {
            Ok(format) => report::check(format, bytes),
            Err(error) => panic!("{name}: {error}"),
        },
    }
}

//! Floor 2: one file a format, bytes → evidence, under [`Limits`].
//!
//! [`read`] recognises the format when none is given, and refuses by name what is another format
//! than the one asked for. What it returns is complete; what it cannot read in full it refuses.

mod advisories;
mod audit;
mod bandit;
mod clover;
mod cobertura;
mod coverage_py;
mod cyclonedx;
mod diff;
mod error;
mod escapes;
mod found;
mod gate_findings;
mod gate_metrics;
mod go_cover;
mod jacoco;
mod json;
mod junit;
mod layout;
mod lcov;
mod limits;
mod measured;
mod mypy;
mod osv_scanner;
mod pip_audit;
mod pull_request;
mod recognise;
mod ruff;
mod safety;
mod sarif;
mod semgrep;
mod text;
mod xml;

use std::io::{BufRead, Cursor, Read as _};

use crate::evidence::Report;

pub use crate::measure::{Format, UnknownFormat};
pub use audit::audited;
pub use diff::{Patch, hunks_between, patch_identity, read_diff, read_patches};
pub use error::{Position, ReadError, ReadProblem};
pub use layout::Layout;
pub use limits::Limits;
pub use pull_request::read_pull_request;
pub use recognise::recognise;

/// How a report is to be read.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The format; recognised from the content where it is not given.
    pub format: Option<Format>,
    /// What is accepted at the most.
    pub limits: Limits,
    /// What is known about the repository's files.
    pub layout: Layout,
    /// Which of the ways to one result a Cobertura report is read.
    pub(crate) way: cobertura::Way,
}

impl ReadOptions {
    /// The same, for a report of this format.
    #[must_use]
    pub const fn with_format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }

    /// The same, within these limits.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The same, for a repository of which this is known.
    #[must_use]
    pub fn with_layout(mut self, layout: Layout) -> Self {
        self.layout = layout;
        self
    }

    /// The same, with every event of a Cobertura report taken from quick-xml. The result is the
    /// same; tests, benchmarks and fuzzing compare the ways.
    #[doc(hidden)]
    #[must_use]
    pub const fn plain(mut self) -> Self {
        self.way.plain = true;
        self
    }

    /// The same, with Cobertura reports of this many bytes and more read by several threads, where
    /// the limits allow them. The result is the same.
    #[doc(hidden)]
    #[must_use]
    pub const fn split_from(mut self, bytes: usize) -> Self {
        self.way.split_from = bytes;
        self
    }
}

/// Reads one report.
///
/// # Errors
/// When the bytes are not a complete report of the format, or go beyond a limit. The error says
/// what is wrong and where.
pub fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    if bytes.len() as u64 > options.limits.bytes {
        return Err(ReadError::new(too_large(options.limits.bytes)));
    }
    let format = match options.format {
        Some(format) => format,
        None => recognise(bytes)?,
    };
    match format {
        Format::Cobertura => cobertura::read(bytes, options),
        Format::Bandit => bandit::read(bytes, options),
        Format::PipAudit => pip_audit::read(bytes, options),
        Format::Junit => junit::read(bytes, options),
        Format::GateMetrics => gate_metrics::read(bytes, options),
        Format::Ruff => ruff::read(bytes, options),
        Format::Mypy => mypy::read(bytes, options),
        Format::Safety => safety::read(bytes, options),
        Format::Sarif => sarif::read(bytes, options),
        Format::OsvScanner => osv_scanner::read(bytes, options),
        Format::Semgrep => semgrep::read(bytes, options),
        Format::CycloneDx => cyclonedx::read(bytes, options),
        Format::GateFindings => gate_findings::read(bytes, options),
        Format::Lcov => lcov::read(bytes, options),
        Format::CoveragePy => coverage_py::read(bytes, options),
        Format::Jacoco => jacoco::read(bytes, options),
        Format::Clover => clover::read(bytes, options),
        Format::GoCover => go_cover::read(bytes, options),
    }
}

/// Reads one report as it comes. Cobertura XML is evaluated on the way, in memory that grows with
/// the evidence only; the JSON formats are held whole, within the limits.
///
/// # Errors
/// As [`read`], and when the source fails.
pub fn read_stream(mut source: impl BufRead, options: &ReadOptions) -> Result<Report, ReadError> {
    let mut bytes = Vec::new();
    let fetch = |bytes: &mut Vec<u8>, source: &mut dyn BufRead, most: u64| {
        source.take(most).read_to_end(bytes).map_err(|error| ReadError::new(error.into()))
    };
    let format = match options.format {
        Some(format) => format,
        None => {
            fetch(&mut bytes, &mut source, RECOGNISED_FROM)?;
            recognise(&bytes)?
        }
    };
    if format == Format::Cobertura {
        return cobertura::read_stream(Cursor::new(bytes).chain(source), options);
    }
    fetch(&mut bytes, &mut source, options.limits.bytes.saturating_add(1))?;
    read(&bytes, &options.clone().with_format(format))
}

/// How much of a stream is looked at to recognise its format, in bytes.
const RECOGNISED_FROM: u64 = 1 << 16;

fn too_large(limit: u64) -> ReadProblem {
    ReadProblem::BeyondLimit(format!("the report is larger than {limit} bytes"))
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    #[test]
    fn a_stream_that_trickles_is_recognised_all_the_same() {
        for (report, format) in [
            (&br#"<?xml version="1.0"?><coverage><packages/></coverage>"#[..], "cobertura"),
            (br#"{"errors": [], "metrics": {"_totals": {}}, "results": []}"#, "bandit"),
        ] {
            let trickle = BufReader::with_capacity(1, report);
            let read = read_stream(trickle, &ReadOptions::default());
            assert_eq!(
                read.map(|report| report.format).map_err(|e| e.to_string()),
                Ok(format.to_owned())
            );
        }
    }
}

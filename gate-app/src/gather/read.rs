//! The bytes of a report, read as the format and the paths that it has.

use std::sync::Arc;

use gate_core::{
    evidence::{Note, NoteCode, Piece, Provenance, Report},
    measure::Message,
    policy::ExpectedReport,
    report::{self, Layout, Limits, ReadOptions},
};

use crate::{github::UnpackLimits, store::ReportFile};

use super::{GatherError, Sources, reports::Commit};

impl Sources {
    /// Reads a report that is kept; none if its bytes are not.
    pub(super) async fn read(
        &self,
        expected: &ExpectedReport,
        commit: &Commit<'_>,
        origin: String,
        file: &ReportFile,
    ) -> Result<Option<Piece<Report>>, GatherError> {
        let Some(bytes) = self.store.report(&file.digest).await? else { return Ok(None) };
        let bytes = Arc::new(bytes);
        let provenance = || Provenance {
            origin: origin.clone(),
            digest: file.digest.clone(),
            bytes: bytes.len() as u64,
        };
        let files = || commit.files.get_or_try_init(|| self.files_of(commit.sha));
        let read = |layout| read_at(expected, layout, Arc::clone(&bytes), provenance(), &file.name);
        // What coverage is about has to be there.
        if expected.is_coverage {
            return Ok(Some(match files().await? {
                Ok(layout) => read(layout.clone()).await,
                Err(why) => broken(&file.name, why),
            }));
        }
        // For other reports GitHub is asked only where a path is none of the repository's as it stands.
        let piece = read(Layout::unknown()).await;
        if !has_strange_paths(&piece) {
            return Ok(Some(piece));
        }
        Ok(Some(match files().await? {
            Ok(layout) => read(layout.clone()).await,
            Err(_) => piece,
        }))
    }
}

/// A report of which nothing can be told, and why.
fn broken(name: &str, why: &Message) -> Piece<Report> {
    Piece::Broken { why: Message::default().quote(name).say(": ").then(why) }
}

/// Whether a path in it is no file of the repository as far as is known.
fn has_strange_paths(piece: &Piece<Report>) -> bool {
    let Piece::Present(report) = piece else { return false };
    let is_strange = |note: &Note| note.code == NoteCode::PathNotResolved;
    report.notes.iter().any(is_strange)
}

/// Reads a report whose paths lie so.
async fn read_at(
    expected: &ExpectedReport,
    layout: Layout,
    bytes: Arc<Vec<u8>>,
    provenance: Provenance,
    name: &str,
) -> Piece<Report> {
    let (strip, add) = (&expected.strip_prefix, &expected.add_prefix);
    let layout = layout.with_prefixes(strip.as_deref(), add.as_deref());
    let mut options = ReadOptions::default()
        .with_limits(Limits::default().with_bytes(UnpackLimits::default().unpacked))
        .with_layout(layout);
    if let Some(format) = expected.format {
        options = options.with_format(format);
    }
    let is_coverage = expected.is_coverage;
    let report = tokio::task::spawn_blocking(move || {
        let report = report::read(&bytes, &options)?.with_provenance(provenance);
        Ok(if is_coverage {
            report::audited(report, &options.layout)
        } else {
            Piece::Present(report)
        })
    });
    let report: Result<Result<_, report::ReadError>, _> = report.await;
    match report {
        Ok(Ok(piece)) => piece,
        Ok(Err(error)) => broken(name, &Message::default().quote(error.to_string())),
        Err(_) => Piece::Broken {
            why: Message::new("reading it failed inside; please report it: ").quote(name),
        },
    }
}

//! What the tests of the whole are written with: the `gate` binary, run as a user runs it, and
//! repositories, reports and verdicts in the user's words; and the App, in front of a GitHub that is
//! made of plain data.
//!
//! Every run is held against what must always be so ([`Run`]): no panic, no escape sequences in a
//! pipe, one of the four exit codes, and every JSON verdict fits the committed schema.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a harness panics: that is how a test fails, at the line that asked"
)]

mod app;
mod binary;
mod checked;
mod fixtures;
mod gate;
pub mod github;
mod junit;
pub mod peak_trade;
mod reports;
mod repository;
mod run;

pub use app::{App, PUBLIC_URL};
pub use binary::{gate as gate_binary, gate_app};
pub use checked::Checked;
pub use fixtures::{fixture, fixture_bytes, fixtures_in, totals};
pub use gate::{Gate, gate};
pub use junit::Junit;
pub use reports::{Bandit, Cobertura, Finding, PipAudit, approved, finding};
pub use repository::{NOW, Repository, check_in};
pub use run::Run;

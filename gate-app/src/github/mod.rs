//! Floor 1: GitHub. The only place that knows octocrab, and the only one that speaks HTTP to GitHub.
//!
//! [`GitHub`] is the App; [`GitHub::installation`] is one account that it works for, and
//! [`GitHub::repository`] one repository, with a token that opens nothing else. Nothing here sends
//! a request twice, but where a lost answer is looked up first; the one who calls tries again later,
//! as [`Error::is_retryable`] and [`Error::RateLimited`] say.

mod account;
mod actions;
mod answer;
mod budget;
mod call;
mod changes;
mod checks;
mod client;
mod comments;
mod commits;
mod deliveries;
mod download;
mod draft;
mod error;
mod exchange;
mod graphql;
mod greeting;
mod history;
mod identity;
mod manifest;
mod organisation;
mod page;
mod people;
mod protection;
mod pulls;
mod route;
mod send;
mod snapshot;
mod state;
mod token;
mod trees;
mod unpack;
mod versions;

pub use account::{AppAccount, HookConfig, Installed, InstalledRepository, Owner};
pub use actions::{Artifact, Job, WorkflowRun};
pub use budget::{Quota, Reserve};
pub use call::{Call, Observer};
pub use changes::{ChangeKind, ChangedFile, Comparison, ComparisonState};
pub use checks::{CheckRun, Existing};
pub use client::{Connection, GitHub, Installation, Repository};
pub use comments::{Comment, marked};
pub use deliveries::{Deliveries, Delivery};
pub use download::Download;
pub use draft::{
    Annotation, AnnotationLevel, CheckRunAction, CheckRunDraft, DraftError, DraftStatus,
};
pub use error::{ConnectionError, Error};
pub use greeting::Greeting;
pub use history::Ancestry;
pub use manifest::{ManifestError, NewApp, convert_manifest};
pub use organisation::OrganisationPolicy;
pub use protection::read_protection;
pub use pulls::OpenPullRequest;
pub use send::Fresh;
pub use snapshot::{
    Base, Check, CodeOwnersFile, CommitSnapshot, Incomplete, Part, PullRequestState,
    ReviewDecision, Snapshot,
};
pub use state::{Conclusion, Status};
pub use trees::Tree;
pub use unpack::{UnpackError, UnpackLimits, unpack};
pub use versions::Version;

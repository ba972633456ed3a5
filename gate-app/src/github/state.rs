//! GitHub's words for how far something has come and how it ended, REST's in lower case, GraphQL's
//! in upper.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $($(#[$of:meta])* $variant:ident $lower:literal $upper:literal;)+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$of])* #[serde(rename = $lower, alias = $upper)] $variant,)+ }

        impl $name {
            /// The word, as REST has it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $lower,)+ }
            }
        }
    };
}

words! {
    /// How far a check, a job or a workflow run has come.
    Status:
    /// Waits for a runner.
    Queued "queued" "QUEUED";
    /// Runs.
    InProgress "in_progress" "IN_PROGRESS";
    /// Ended.
    Completed "completed" "COMPLETED";
    /// Waits for a deployment's protection rule.
    Waiting "waiting" "WAITING";
    /// Was asked for.
    Requested "requested" "REQUESTED";
    /// Waits for others of its concurrency group.
    Pending "pending" "PENDING";
}

words! {
    /// How a check, a job or a workflow run ended.
    Conclusion:
    /// Well.
    Success "success" "SUCCESS";
    /// Not well.
    Failure "failure" "FAILURE";
    /// With no opinion.
    Neutral "neutral" "NEUTRAL";
    /// Somebody stopped it.
    Cancelled "cancelled" "CANCELLED";
    /// It did not apply.
    Skipped "skipped" "SKIPPED";
    /// It took too long.
    TimedOut "timed_out" "TIMED_OUT";
    /// Somebody has to do something.
    ActionRequired "action_required" "ACTION_REQUIRED";
    /// GitHub gave up waiting for it.
    Stale "stale" "STALE";
    /// It could not begin.
    StartupFailure "startup_failure" "STARTUP_FAILURE";
}

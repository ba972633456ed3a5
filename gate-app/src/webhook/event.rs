//! The events that GitHub sends, their actions, and how each is read. What is not in this table is
//! unknown, and does nothing.

/// An event by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// As `X-GitHub-Event` has it.
    pub name: &'static str,
    /// Why it comes.
    pub sent: Sent,
    /// Its actions; of an event without actions the one without a name.
    pub actions: &'static [(&'static str, Reading)],
}

/// Why an event comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// The App subscribes to it in `app.yml`.
    Subscribed,
    /// GitHub sends it to every App.
    Always,
}

/// How the payload of an event and action is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Something about a pull request changed.
    PullRequest,
    /// A pull request was closed.
    Closed,
    /// A check run changed; one of our own says nothing new.
    CheckRun,
    /// Somebody wants a check run anew.
    CheckRunAgain,
    /// A check suite was made for a commit.
    CheckSuiteAsked,
    /// A check suite changed; one of our own says nothing new.
    CheckSuite,
    /// Somebody wants a check suite anew.
    CheckSuiteAgain,
    /// A commit status changed.
    Status,
    /// A workflow run changed.
    WorkflowRun,
    /// A merge queue asks.
    MergeGroup,
    /// A merge queue asks no longer.
    MergeGroupGone,
    /// A branch moved.
    Push,
    /// A repository has a new name.
    Renamed,
    /// A repository has a new owner.
    Transferred,
    /// A repository is gone.
    Deleted,
    /// What GitHub demands before a merge changed.
    Rules,
    /// What the App may see changed.
    InstallationChanged,
    /// The App may see nothing there any longer.
    InstallationGone,
    /// Known, and of no consequence for the reason given.
    Nothing(&'static str),
}

use Reading::{
    CheckRun, CheckRunAgain, CheckSuite, CheckSuiteAgain, CheckSuiteAsked, Closed, Deleted,
    InstallationChanged, InstallationGone, MergeGroup, MergeGroupGone, Nothing, PullRequest, Push,
    Renamed, Rules, Status, Transferred, WorkflowRun,
};
use Sent::{Always, Subscribed};

const PEOPLE: Reading = Nothing("who is asked or assigned decides nothing");
const QUEUE: Reading = Nothing("the merge queue asks by merge_group");
const LOCK: Reading = Nothing("a locked conversation decides nothing");
const SETTING: Reading = Nothing("this property of a repository decides nothing");

/// Every event that the App knows.
pub const EVENTS: &[Event] = &[
    Event {
        name: "pull_request",
        sent: Subscribed,
        actions: &[
            ("opened", PullRequest),
            ("synchronize", PullRequest),
            ("reopened", PullRequest),
            ("ready_for_review", PullRequest),
            ("converted_to_draft", PullRequest),
            ("edited", PullRequest),
            ("labeled", PullRequest),
            ("unlabeled", PullRequest),
            ("closed", Closed),
            ("assigned", PEOPLE),
            ("unassigned", PEOPLE),
            ("review_requested", PEOPLE),
            ("review_request_removed", PEOPLE),
            ("milestoned", Nothing("a milestone decides nothing")),
            ("demilestoned", Nothing("a milestone decides nothing")),
            ("locked", LOCK),
            ("unlocked", LOCK),
            ("auto_merge_enabled", Nothing("auto-merge waits for the check, not the other way")),
            ("auto_merge_disabled", Nothing("auto-merge waits for the check, not the other way")),
            ("enqueued", QUEUE),
            ("dequeued", QUEUE),
        ],
    },
    Event {
        name: "pull_request_review",
        sent: Subscribed,
        actions: &[
            ("submitted", PullRequest),
            ("dismissed", PullRequest),
            ("edited", Nothing("editing a review changes its text, not its state")),
        ],
    },
    Event {
        name: "pull_request_review_thread",
        sent: Subscribed,
        actions: &[("resolved", PullRequest), ("unresolved", PullRequest)],
    },
    Event {
        name: "check_run",
        sent: Subscribed,
        actions: &[
            ("completed", CheckRun),
            ("rerequested", CheckRunAgain),
            ("requested_action", CheckRunAgain),
            ("created", Nothing("a check that begins decides nothing yet")),
        ],
    },
    Event {
        name: "check_suite",
        sent: Subscribed,
        actions: &[
            ("requested", CheckSuiteAsked),
            ("completed", CheckSuite),
            ("rerequested", CheckSuiteAgain),
        ],
    },
    Event { name: "status", sent: Subscribed, actions: &[("", Status)] },
    Event {
        name: "workflow_run",
        sent: Subscribed,
        // Also its beginning: a report that was missing is awaited again.
        actions: &[
            ("requested", WorkflowRun),
            ("in_progress", WorkflowRun),
            ("completed", WorkflowRun),
        ],
    },
    Event {
        name: "merge_group",
        sent: Subscribed,
        actions: &[("checks_requested", MergeGroup), ("destroyed", MergeGroupGone)],
    },
    Event { name: "push", sent: Subscribed, actions: &[("", Push)] },
    Event {
        name: "repository",
        sent: Subscribed,
        actions: &[
            ("renamed", Renamed),
            ("transferred", Transferred),
            ("deleted", Deleted),
            ("created", SETTING),
            ("edited", SETTING),
            ("archived", SETTING),
            ("unarchived", SETTING),
            ("privatized", SETTING),
            ("publicized", SETTING),
        ],
    },
    Event {
        name: "branch_protection_rule",
        sent: Subscribed,
        actions: &[("created", Rules), ("edited", Rules), ("deleted", Rules)],
    },
    Event {
        name: "repository_ruleset",
        sent: Subscribed,
        actions: &[("created", Rules), ("edited", Rules), ("deleted", Rules)],
    },
    Event {
        name: "installation",
        sent: Always,
        actions: &[
            ("created", InstallationChanged),
            ("unsuspend", InstallationChanged),
            ("new_permissions_accepted", InstallationChanged),
            ("suspend", InstallationGone),
            ("deleted", InstallationGone),
        ],
    },
    Event {
        name: "installation_repositories",
        sent: Always,
        actions: &[("added", InstallationChanged), ("removed", InstallationChanged)],
    },
    Event {
        name: "github_app_authorization",
        sent: Always,
        actions: &[("revoked", Nothing("the App acts for nobody"))],
    },
    Event {
        name: "ping",
        sent: Always,
        actions: &[("", Nothing("GitHub asks whether somebody is here"))],
    },
];

/// The event of that name.
#[must_use]
pub fn known(name: &str) -> Option<&'static Event> {
    EVENTS.iter().find(|event| event.name == name)
}

impl Event {
    /// The action of that name with its reading. An event without actions takes none.
    #[must_use]
    pub fn action(&self, name: Option<&str>) -> Option<&'static (&'static str, Reading)> {
        self.actions.iter().find(|(known, _)| *known == name.unwrap_or_default())
    }
}

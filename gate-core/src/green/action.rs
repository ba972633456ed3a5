//! A class of steps as something that one does: "cover any 7 of these 11 lines".

use jiff::Timestamp;

use super::{offers::Members, places, words};
use crate::{
    measure::{Location, Message},
    rule::{Case, Step},
};

/// The most choices that an action lists. The counts it states are always complete.
pub const MAX_CHOICES: usize = 500;

/// Something to do, or to wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Action {
    /// What it is.
    pub kind: ActionKind,
    /// It, in words.
    pub message: Message,
    /// So many of the choices are enough.
    pub count: u64,
    /// So many choices there are; none where anybody or anything of its kind will do.
    pub of: Option<u64>,
    /// The choices, at most [`MAX_CHOICES`]; lines in a row are one.
    pub choices: Vec<Choice>,
    /// How many more choices there are, each run of lines counted once.
    pub unlisted: u64,
    /// Whether it needs new commits.
    pub push: bool,
    /// Whether it is known to be enough for its part.
    pub certain: bool,
    /// Until when it is waited for, where that is limited.
    pub until: Option<Timestamp>,
    /// The rules that ask for it, in the order of the policy.
    pub rules: Vec<String>,
}

/// One of the things that an action may be done to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Choice {
    /// Where, for what has a place in the repository.
    pub location: Option<Location>,
    /// What.
    pub message: Message,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $when:expr;)+) => {
        /// What kind of thing is to be done, in the order in which it can be done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ActionKind { $($(#[$doc])* $variant),+ }

        impl ActionKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for it, in kebab case.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// When it is done.
            pub(super) const fn when(self) -> When {
                match self { $(Self::$variant => $when),+ }
            }
        }
    };
}

/// The order of doing: what needs commits, what only says something, what people look at then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum When {
    Push,
    Beside,
    Then,
    Waiting,
}

kinds! {
    /// Lines are covered by tests.
    Cover = "cover", When::Push;
    /// Findings are mended.
    Mend = "mend", When::Push;
    /// A dependency is upgraded.
    Upgrade = "upgrade", When::Push;
    /// A dependency is replaced, or what is known against it is waived.
    Replace = "replace", When::Push;
    /// Tests pass.
    PassTests = "pass-tests", When::Push;
    /// What a suite counts, and no test of it shows, is mended.
    MendSuite = "mend-suite", When::Push;
    /// More tests are run.
    AddTests = "add-tests", When::Push;
    /// Commits are written anew.
    RewriteCommits = "rewrite-commits", When::Push;
    /// A number comes to its bar.
    ReachNumber = "reach-number", When::Push;
    /// A file is changed.
    ChangeFile = "change-file", When::Push;
    /// Files are left as they are at the base.
    RestoreFile = "restore-file", When::Push;
    /// Less is changed.
    ChangeLess = "change-less", When::Push;
    /// A check that failed succeeds.
    SucceedCheck = "succeed-check", When::Push;
    /// What cannot be judged, or not be named more closely, is mended.
    Repair = "repair", When::Beside;
    /// The title is changed.
    ChangeTitle = "change-title", When::Beside;
    /// A label is added.
    AddLabel = "add-label", When::Beside;
    /// A label is removed.
    RemoveLabel = "remove-label", When::Beside;
    /// Conversations are resolved.
    Resolve = "resolve", When::Beside;
    /// People approve.
    Approve = "approve", When::Then;
    /// Something comes that somebody is at work on.
    Wait = "wait", When::Waiting;
}

impl ActionKind {
    /// Whether it needs new commits.
    pub(super) const fn is_pushed(self) -> bool {
        matches!(self.when(), When::Push)
    }
}

/// What kind of thing it is to take one of these steps.
pub(super) const fn kind(members: &Members) -> ActionKind {
    match members {
        Members::Lines { .. } => ActionKind::Cover,
        Members::Step(step, _) => of_step(step),
    }
}

pub(super) const fn of_step(step: &Step) -> ActionKind {
    match step {
        Step::Finding { .. } => ActionKind::Mend,
        Step::Upgrade { .. } => ActionKind::Upgrade,
        Step::Replace { .. } => ActionKind::Replace,
        Step::Test { .. } => ActionKind::PassTests,
        Step::Suite { .. } => ActionKind::MendSuite,
        Step::NewTest { .. } => ActionKind::AddTests,
        Step::Number { .. } => ActionKind::ReachNumber,
        Step::Approval { .. } | Step::GroupApproval { .. } | Step::AnyApproval => {
            ActionKind::Approve
        }
        Step::Commit { .. } => ActionKind::RewriteCommits,
        Step::Conversation { .. } => ActionKind::Resolve,
        Step::Label { .. } => ActionKind::AddLabel,
        Step::Unlabel { .. } => ActionKind::RemoveLabel,
        Step::Title => ActionKind::ChangeTitle,
        Step::ChangeFile { .. } => ActionKind::ChangeFile,
        Step::Restore { .. } => ActionKind::RestoreFile,
        Step::Shrink => ActionKind::ChangeLess,
        Step::Check { .. } => ActionKind::SucceedCheck,
        Step::Wait { .. } => ActionKind::Wait,
        Step::Repair { .. } => ActionKind::Repair,
    }
}

/// The report that a step is about, where it is one within a report.
pub(super) const fn report(step: &Step) -> Option<&str> {
    match step {
        Step::Finding { report, .. }
        | Step::Test { report, .. }
        | Step::Suite { report, .. }
        | Step::NewTest { report }
        | Step::Number { report, .. } => Some(report.as_str()),
        Step::Upgrade { .. }
        | Step::Replace { .. }
        | Step::Approval { .. }
        | Step::GroupApproval { .. }
        | Step::AnyApproval
        | Step::Commit { .. }
        | Step::Conversation { .. }
        | Step::Label { .. }
        | Step::Unlabel { .. }
        | Step::Title
        | Step::ChangeFile { .. }
        | Step::Restore { .. }
        | Step::Shrink
        | Step::Check { .. }
        | Step::Wait { .. }
        | Step::Repair { .. } => None,
    }
}

/// So many of these, as actions: all of what is named one by one is an action each.
pub(super) fn of(
    members: &[&Members],
    count: u64,
    rules: &[String],
    case: Case<'_>,
) -> Vec<Action> {
    let Some(kind) = members.first().map(|members| kind(members)) else { return Vec::new() };
    let everybody = members.len() as u64 == count;
    if everybody && members.len() > 1 && words::is_named_alone(kind) {
        let alone = members.iter().map(|one| action(kind, &[one], 1, rules, case));
        return alone.collect();
    }
    vec![action(kind, members, count, rules, case)]
}

fn action(
    kind: ActionKind,
    members: &[&Members],
    count: u64,
    rules: &[String],
    case: Case<'_>,
) -> Action {
    let lines = places::of(members, case);
    let (choices, unlisted, of) = match &lines {
        Some(lines) => (lines.choices(), lines.unlisted(), Some(lines.count)),
        None => words::choices(members, case),
    };
    let branches = lines.is_some_and(|lines| lines.branches);
    Action {
        kind,
        message: words::message(kind, (count, of), &choices, unlisted, branches),
        count,
        of,
        choices,
        unlisted,
        push: kind.is_pushed(),
        certain: words::is_certain(members, case),
        until: members.iter().find_map(|members| match members {
            Members::Step(Step::Wait { until, .. }, _) => *until,
            Members::Step(..) | Members::Lines { .. } => None,
        }),
        rules: rules.to_vec(),
    }
}

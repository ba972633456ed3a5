//! Floor 0: which permission the App asks of GitHub, and what for. `app.yml` says the same to
//! GitHub; a test compares them.

/// How far a permission goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// May look.
    Read,
    /// May look and change.
    Write,
}

impl Access {
    /// GitHub's word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// One permission, and what would not work without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// GitHub's name of it.
    pub permission: &'static str,
    /// How far.
    pub access: Access,
    /// What the App does with it.
    pub uses: &'static [&'static str],
    /// The events that GitHub sends only to an App that has it.
    pub events: &'static [&'static str],
}

/// Every permission that the App needs; nothing else is asked for.
pub const NEEDS: &[Need] = &[
    Need {
        permission: "checks",
        access: Access::Write,
        uses: &["post the check run", "read the checks of others"],
        events: &["check_run", "check_suite"],
    },
    Need {
        permission: "statuses",
        access: Access::Write,
        uses: &["be offered as the source of a required check in rulesets", "read statuses"],
        events: &["status"],
    },
    Need {
        permission: "pull_requests",
        access: Access::Write,
        uses: &["read reviews, conversations and files", "write the one comment"],
        events: &["pull_request", "pull_request_review", "pull_request_review_thread"],
    },
    Need {
        permission: "contents",
        access: Access::Read,
        uses: &[
            "read policy and CODEOWNERS of the base branch",
            "compare commits",
            "see who pushed, and whose an e-mail address in CODEOWNERS is",
        ],
        events: &["push"],
    },
    Need {
        permission: "actions",
        access: Access::Read,
        uses: &["read workflow runs, their jobs and artifacts"],
        events: &["workflow_run"],
    },
    Need {
        permission: "merge_queues",
        access: Access::Read,
        uses: &["be told of merge groups"],
        events: &["merge_group"],
    },
    Need {
        permission: "administration",
        access: Access::Read,
        uses: &["read branch protection"],
        events: &["branch_protection_rule", "repository_ruleset"],
    },
    Need {
        permission: "members",
        access: Access::Read,
        uses: &["know who is in a team or an organisation that a rule or CODEOWNERS names"],
        events: &[],
    },
    Need {
        permission: "metadata",
        access: Access::Read,
        uses: &["GitHub gives it to every App"],
        events: &["repository"],
    },
];

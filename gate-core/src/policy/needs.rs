//! What has to be known for a rule beside its report, so that whoever gathers asks for that only.

/// What has to be gathered for a policy, beside its reports and the pull request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Needs {
    /// The reports of the baseline.
    pub baseline: bool,
    /// What the pull request changes.
    pub changes: bool,
    /// CODEOWNERS of the base branch.
    pub code_owners: bool,
    /// Its commits.
    pub commits: bool,
    /// What the base branch measured before.
    pub history: bool,
    /// How the base branch is protected.
    pub protection: bool,
}

impl Needs {
    /// What either has to know.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            baseline: self.baseline || other.baseline,
            changes: self.changes || other.changes,
            code_owners: self.code_owners || other.code_owners,
            commits: self.commits || other.commits,
            history: self.history || other.history,
            protection: self.protection || other.protection,
        }
    }
}

/// What every rule kind says of itself.
pub(crate) trait Kind {
    /// The report it judges.
    fn report(&self) -> Option<&str> {
        None
    }

    /// What it has to know beside it.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// What it counts, in words, where it compares that with what the base branch has reached. Two
    /// rules that count the same have the same words.
    fn measure(&self) -> Option<String> {
        None
    }
}

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
        }
    }
}

/// What every rule kind says of itself.
pub(super) trait Kind {
    /// The report it judges.
    fn report(&self) -> Option<&str> {
        None
    }

    /// What it has to know beside it.
    fn needs(&self) -> Needs {
        Needs::default()
    }
}

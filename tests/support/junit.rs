//! Test reports, from the few facts that a test is about.

/// A report in pytest's shape.
#[derive(Debug, Clone, Default)]
pub struct Junit {
    cases: String,
    totals: String,
}

impl Junit {
    /// A report of no test.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A report of tests that passed.
    #[must_use]
    pub fn passed<const N: usize>(names: [&str; N]) -> Self {
        names.into_iter().fold(Self::new(), |report, name| report.case(name, ""))
    }

    /// Adds a test case with these elements.
    #[must_use]
    pub fn case(mut self, name: &str, elements: &str) -> Self {
        let case =
            format!("<testcase classname=\"test_shop\" name=\"{name}\">{elements}</testcase>\n");
        self.cases.push_str(&case);
        self
    }

    /// Adds a test case that failed.
    #[must_use]
    pub fn failed(self, name: &str) -> Self {
        self.case(name, "<failure message=\"assert 1 == 2\"/>")
    }

    /// Adds a test case that ended in an error.
    #[must_use]
    pub fn broken(self, name: &str) -> Self {
        self.case(name, "<error message=\"no database\"/>")
    }

    /// Adds a test case that was skipped.
    #[must_use]
    pub fn skipped(self, name: &str) -> Self {
        self.case(name, "<skipped message=\"not yet\"/>")
    }

    /// Adds a test case that passed after a failure.
    #[must_use]
    pub fn flaky(self, name: &str) -> Self {
        self.case(name, "<flakyFailure message=\"too late\"/>")
    }

    /// States these totals.
    #[must_use]
    pub fn totals(mut self, attributes: &str) -> Self {
        attributes.clone_into(&mut self.totals);
        self
    }

    /// The report.
    #[must_use]
    pub fn xml(&self) -> String {
        let Self { cases, totals } = self;
        format!(
            "<testsuites><testsuite name=\"pytest\" {totals}>\n{cases}</testsuite></testsuites>\n"
        )
    }
}

//! Tests that were run, and how each came out.

use std::collections::{BTreeMap, btree_map::Entry};

use serde::{Deserialize, Serialize};

use crate::measure::RepoPath;

/// What a test report says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Tests {
    /// The tests, in the order of their parts and names, each once.
    pub tests: Vec<Test>,
    /// Failures that no test case shows, in the order of their parts and suites: a build that
    /// broke, a suite that could not be loaded.
    pub unlisted: Vec<Unlisted>,
}

/// One test of one part of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Test {
    /// The part of the report that it was run in, where the report has parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// Its full name: suites, class and name, joined by `::`.
    pub name: String,
    /// The file it stands in, where the report names one of the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<RepoPath>,
    /// How its test cases came out. Nearly every test has one.
    pub cases: Cases,
    /// What a failing case says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// How many test cases came out in which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cases {
    /// Passed, at last.
    #[serde(skip_serializing_if = "is_zero")]
    pub passed: u64,
    /// Did not hold.
    #[serde(skip_serializing_if = "is_zero")]
    pub failures: u64,
    /// Could not be carried out.
    #[serde(skip_serializing_if = "is_zero")]
    pub errors: u64,
    /// Were not run.
    #[serde(skip_serializing_if = "is_zero")]
    pub skipped: u64,
    /// Of those that passed: passed after a failure of the same case.
    #[serde(skip_serializing_if = "is_zero")]
    pub flaky: u64,
}

/// Failures that no test case shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unlisted {
    /// The part of the report, where it has parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// The suite whose totals count them; empty for those of the whole report.
    pub suite: String,
    /// So many failures.
    pub failures: u64,
    /// So many errors.
    pub errors: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What is there; of two, the same one in whatever order they come.
fn least<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

impl Cases {
    /// All cases.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.passed + self.failures + self.errors + self.skipped
    }

    /// Whether any case was run.
    #[must_use]
    pub const fn ran(self) -> bool {
        self.passed + self.failures + self.errors > 0
    }

    /// Whether any case did not pass.
    #[must_use]
    pub const fn failed(self) -> bool {
        self.failures + self.errors > 0
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        self.each(other, u64::saturating_add)
    }

    pub(crate) fn highest(self, other: Self) -> Self {
        self.each(other, u64::max)
    }

    fn each(self, other: Self, of: impl Fn(u64, u64) -> u64) -> Self {
        Self {
            passed: of(self.passed, other.passed),
            failures: of(self.failures, other.failures),
            errors: of(self.errors, other.errors),
            skipped: of(self.skipped, other.skipped),
            flaky: of(self.flaky, other.flaky),
        }
    }
}

impl Test {
    /// A test with these cases.
    #[must_use]
    pub fn new(name: impl Into<String>, cases: Cases) -> Self {
        Self { part: None, name: name.into(), path: None, cases, message: None }
    }

    /// What it is known by.
    #[must_use]
    pub fn key(&self) -> (Option<&str>, &str) {
        (self.part.as_deref(), &self.name)
    }

    /// Both statements about one test as one, which does not depend on their order.
    pub(super) fn join(&mut self, other: Self, cases: impl Fn(Cases, Cases) -> Cases) {
        self.path = least(self.path.take(), other.path);
        self.message = least(self.message.take(), other.message);
        self.cases = cases(self.cases, other.cases);
    }
}

impl Tests {
    /// These test cases, of which those of one name are one test, and these failures that none of
    /// them shows. Says how many were listed again.
    #[must_use]
    pub fn new(cases: impl IntoIterator<Item = Test>, unlisted: Vec<Unlisted>) -> (Self, u64) {
        let mut again = 0;
        let mut tests: BTreeMap<(Option<String>, String), Test> = BTreeMap::new();
        for test in cases {
            match tests.entry((test.part.clone(), test.name.clone())) {
                Entry::Vacant(entry) => {
                    entry.insert(test);
                }
                Entry::Occupied(mut entry) => {
                    again += 1;
                    entry.get_mut().join(test, Cases::plus);
                }
            }
        }
        (Self { tests: tests.into_values().collect(), unlisted }, again)
    }

    /// How all test cases came out, with the failures that none of them shows.
    #[must_use]
    pub fn cases(&self) -> Cases {
        let listed = self.tests.iter().fold(Cases::default(), |sum, test| sum.plus(test.cases));
        self.unlisted.iter().fold(listed, |sum, unlisted| Cases {
            failures: sum.failures.saturating_add(unlisted.failures),
            errors: sum.errors.saturating_add(unlisted.errors),
            ..sum
        })
    }

    /// How many test cases there are, run or not.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.tests.iter().fold(0, |sum, test| sum.saturating_add(test.cases.total()))
    }

    /// How many tests were run.
    #[must_use]
    pub fn ran(&self) -> u64 {
        self.tests.iter().filter(|test| test.cases.ran()).count() as u64
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    fn passed() -> Cases {
        Cases { passed: 1, ..Cases::default() }
    }

    #[test]
    fn cases_of_one_name_are_one_test() {
        let failed = Cases { errors: 1, ..Cases::default() };
        let cases = [Test::new("a", passed()), Test::new("b", passed()), Test::new("a", failed)];
        let (tests, again) = Tests::new(cases, Vec::new());
        assert_eq!(again, 1);
        assert_eq!((tests.total(), tests.ran()), (3, 2));
        assert_eq!(tests.cases(), Cases { passed: 2, errors: 1, ..Cases::default() });
    }

    #[test]
    fn a_failure_that_no_case_shows_counts_and_is_no_test() {
        let unlisted = Unlisted { part: None, suite: "shop".into(), failures: 0, errors: 1 };
        let (tests, _) = Tests::new([], vec![unlisted]);
        assert_eq!((tests.total(), tests.ran(), tests.cases().errors), (0, 0, 1));
    }

    #[test]
    fn is_stored_compactly_and_read_back() {
        let (tests, _) = Tests::new([Test::new("a", passed())], Vec::new());
        let json = serde_json::to_string(&tests).unwrap();
        assert_eq!(json, r#"{"tests":[{"name":"a","cases":{"passed":1}}],"unlisted":[]}"#);
        assert_eq!(serde_json::from_str::<Tests>(&json).unwrap(), tests);
    }
}

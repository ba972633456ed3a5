//! `weakening:` — it does not loosen the bar itself, or somebody named has agreed.

use super::{
    decode::{Spanned, section, words},
    expected::Reports,
    globs::{self, Globs, Over},
    logins,
    needs::{Kind, Needs},
    paths::{self, Paths, RawPaths},
    problem::{Place, Problems},
};

section! {
    /// It does not loosen the bar itself, or somebody named has approved its head.
    struct RawWeakening {
        /// Whose approval of the head allows it. Default: nobody's, so that it fails.
        approvers: Option<Spanned<Vec<Spanned<String>>>>,
        /// How many of them must approve. Default: 1.
        approvals: Option<Spanned<u64>>,
        /// What counts. Default: all of it.
        counts: Option<Spanned<Vec<Spanned<Weakening>>>>,
        /// More files that state the bar, for example `.coveragerc`; any change of them counts as one
        /// of the policy.
        bar_files: Option<Spanned<Vec<Spanned<String>>>>,
        /// Which files are tests, so that taking one away counts. Default: by the names that test
        /// runners look for.
        test_files: Option<Spanned<Vec<Spanned<String>>>>,
        /// Where suppressions, tests and bars of tools count. Default: in all files.
        paths: Option<Spanned<RawPaths>>,
    }
}

words! {
    /// One way to loosen the bar.
    enum Weakening, "way to loosen the bar" {
        /// An edit of `.github/gate.yml`, the waivers in it among the rest, or of another file that states the bar.
        Policy = "policy",
        /// An edit of the workflows and actions of the repository, which make the reports.
        Workflows = "workflows",
        /// A new comment that tells a tool to pass over something.
        Suppressions = "suppressions",
        /// A test that is skipped now, or may fail.
        SkippedTests = "skipped-tests",
        /// A test that is gone.
        RemovedTests = "removed-tests",
        /// A lower `fail_under`, or none where one was.
        LoweredBars = "lowered-bars",
    }
}

/// A weakening rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WeakeningRule {
    /// Whose approval allows it; nobody's where there is none.
    pub approvers: Vec<String>,
    /// How many of them must approve.
    pub approvals: u64,
    /// What counts.
    pub counts: Vec<Weakening>,
    /// The files that state the bar.
    pub bar_files: Globs,
    /// The files that make the reports.
    pub workflows: Globs,
    /// Which files are tests.
    pub test_files: Globs,
    /// Where suppressions, tests and bars of tools count.
    pub paths: Paths,
}

/// Where a policy may stand.
const BAR_FILES: [&str; 1] = [".github/gate.yml"];

/// A workflow may be made of actions that stand beside it.
const WORKFLOWS: [&str; 2] = [".github/workflows/**", ".github/actions/**"];

/// The names that test runners look for.
const TEST_FILES: [&str; 7] = [
    "**/{test_*,*_test,*_tests,conftest}.py",
    "**/*[._-]{test,spec}.{js,jsx,mjs,cjs,ts,tsx,mts,cts}",
    "**/{__tests__,test,tests,spec,specs,e2e}/**/*.{py,js,jsx,mjs,cjs,ts,tsx,mts,cts,rs,rb,php,java,kt,scala,groovy,cs,fs,c,cc,cpp,swift,sh,bats}",
    "**/*_test.{go,rb,exs,dart,c,cc,cpp}",
    "**/*_spec.rb",
    "**/*{Test,Tests,Spec,IT}.{java,kt,scala,groovy,cs,fs,php,swift}",
    "**/Test*.java",
];

impl Kind for WeakeningRule {
    fn needs(&self) -> Needs {
        Needs { changes: true, ..Needs::default() }
    }
}

impl Weakening {
    /// Each of them.
    const ALL: [Self; 6] = [
        Self::Policy,
        Self::Workflows,
        Self::Suppressions,
        Self::SkippedTests,
        Self::RemovedTests,
        Self::LoweredBars,
    ];
}

pub(super) fn validate(
    raw: &Spanned<RawWeakening>,
    _: &Reports,
    problems: &mut Problems,
) -> Option<WeakeningRule> {
    let RawWeakening { approvers, approvals, counts, bar_files, test_files, paths } = &raw.value;
    let listed = logins::validate(approvers.as_ref(), problems);
    let count = approvals.as_ref().map_or(1, |approvals| approvals.value);
    if let Some(approvals) = approvals {
        match &listed {
            Some(None) => problems.add(approvals.place, "`approvals` is about `approvers`"),
            Some(Some(list)) if (list.len() as u64) < count => {
                let (approvers, s) = (list.len(), if list.len() == 1 { "" } else { "s" });
                let message = format!("{count} approvals cannot come from {approvers} approver{s}");
                problems.add(approvals.place, message);
            }
            Some(Some(_)) if count == 0 => {
                problems
                    .add(approvals.place, "what needs no approval needs no rule; give 1 or more");
            }
            Some(Some(_)) | None => {}
        }
    }
    if let Some(empty) = approvers.as_ref().filter(|list| list.value.is_empty()) {
        problems.add(
            empty.place,
            "an empty list of approvers can never approve; leave it out to forbid all",
        );
    }
    let counts = ways(counts.as_ref(), problems);
    let more = globs::list(bar_files.as_ref(), Over::Paths, problems);
    let place = raw.place;
    let bar_files = match &more {
        Some(more) => {
            let more = more.as_ref().map(Globs::texts).unwrap_or_default();
            let all = BAR_FILES.into_iter().chain(more.iter().map(String::as_str));
            known(all, place, problems)
        }
        None => None,
    };
    let test_files = match globs::list(test_files.as_ref(), Over::Paths, problems) {
        Some(Some(own)) => Some(own),
        Some(None) => known(TEST_FILES, place, problems),
        None => None,
    };
    let paths = paths::validate(paths.as_ref(), problems);
    Some(WeakeningRule {
        approvers: listed?.unwrap_or_default(),
        approvals: count,
        counts: counts?,
        bar_files: bar_files?,
        workflows: known(WORKFLOWS, place, problems)?,
        test_files: test_files?,
        paths: paths?,
    })
}

fn ways(
    raw: Option<&Spanned<Vec<Spanned<Weakening>>>>,
    problems: &mut Problems,
) -> Option<Vec<Weakening>> {
    let Some(raw) = raw else { return Some(Weakening::ALL.to_vec()) };
    if raw.value.is_empty() && !problems.are_in(raw.place) {
        problems.add(raw.place, "a rule for which nothing counts always holds");
        return None;
    }
    let mut ways: Vec<Weakening> = Vec::new();
    for way in &raw.value {
        if ways.contains(&way.value) {
            let message = format!("`{}` stands here a second time", way.value.word());
            problems.add(way.place, message);
            return None;
        }
        ways.push(way.value);
    }
    Some(ways)
}

fn known<'a>(
    texts: impl IntoIterator<Item = &'a str>,
    place: Place,
    problems: &mut Problems,
) -> Option<Globs> {
    let one = |text: &str| Spanned { value: text.to_owned(), place };
    let list = Spanned { value: texts.into_iter().map(one).collect(), place };
    globs::list(Some(&list), Over::Paths, problems).flatten()
}

//! `weakening:` — it does not loosen the bar itself, or somebody named has agreed.

use super::{
    decode::{Spanned, section, words},
    expected::Reports,
    globs::{self, Globs, Over},
    needs::{Kind, Needs},
    paths::{self, Paths, RawPaths},
    people::{self, People, RawPeople},
    problem::{Place, Problems},
};

section! {
    /// It does not loosen the bar itself, or somebody named has approved its head.
    struct RawWeakening {
        /// Whose approval of the head allows it. Default: nobody's, so that it fails.
        from: Option<Spanned<RawPeople>>,
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
    /// Whose approval allows it; nobody's where nobody is named.
    pub from: Option<People>,
    /// Bots whose approval does, by their names with `[bot]`.
    pub bots: Vec<String>,
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
    let RawWeakening { from, approvals, counts, bar_files, test_files, paths } = &raw.value;
    let people = people::validate(from.as_ref(), problems);
    let count = approvals.as_ref().map_or(1, |approvals| approvals.value);
    if let (Some(approvals), Some(people)) = (approvals, &people) {
        let most = people.as_ref().map(People::at_most);
        match most {
            None => problems.add(approvals.place, "`approvals` is about `from`"),
            Some(Some(most)) if most < count => {
                let s = if most == 1 { "" } else { "s" };
                let message = format!("{count} approvals cannot come from {most} user{s}");
                problems.add(approvals.place, message);
            }
            Some(_) if count == 0 => {
                problems
                    .add(approvals.place, "what needs no approval needs no rule; give 1 or more");
            }
            Some(_) => {}
        }
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
    let mut people = people?;
    let mut bots = Vec::new();
    if let Some(people) = &mut people {
        // A person who has a bot's name is another one.
        bots = people.users.extract_if(.., |user| user.ends_with("[bot]")).collect();
    }
    Some(WeakeningRule {
        from: people,
        bots,
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

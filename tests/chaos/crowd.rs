//! Many people and their CI at work on several repositories, at random; and what the check of each of
//! their pull requests must say in the end, whatever happened to the App meanwhile.

use gate_tests::github::{CheckRun, Comment, FakeGitHub, GitHub, Opening, Pull, Run};

use crate::dice::Dice;

/// A policy with coverage, findings and a review.
pub(crate) const POLICY: &str = "version: 1
reports:
  coverage: { format: cobertura, file: coverage.xml, artifact: coverage, deadline: 30d }
  bandit: { format: bandit, file: bandit.json, artifact: security, deadline: 30d }
rules:
  enough is tested: { coverage: { report: coverage, at-least: 80% } }
  nothing insecure: { findings: { report: bandit, severity: medium, at-most: 0 } }
  a colleague has approved it: { review: { approvals: 1, conversations: resolved } }
";

const REVIEWERS: [&str; 2] = ["grace", "alan"];

/// How far CI is on the head of a pull request.
#[derive(Debug, Clone)]
enum Ci {
    NotBegun,
    Running(Run),
    /// With so many of ten lines covered and so many findings.
    Done(Run, usize, usize),
    /// It ended without a report.
    Barren(Run),
}

#[derive(Debug)]
struct Work {
    pull: Pull,
    open: bool,
    ci: Ci,
    attempts: usize,
    reviews: [Option<(&'static str, u64)>; 2],
    threads: Vec<String>,
}

/// A conclusion, or none while it is in progress, and how the title begins.
type Verdict = (Option<&'static str>, &'static str);

impl Work {
    /// What the policy says of it.
    fn expected(&self) -> Verdict {
        let says = |what| self.reviews.iter().flatten().any(|(state, _)| *state == what);
        let (waits, bad, barren) = match self.ci {
            Ci::NotBegun | Ci::Running(_) => (true, false, false),
            Ci::Done(_, covered, findings) => (false, covered < 8 || findings > 0, false),
            Ci::Barren(_) => (false, false, true),
        };
        if bad || says("CHANGES_REQUESTED") || !self.threads.is_empty() {
            (Some("failure"), "Failed")
        } else if barren {
            (Some("failure"), "Inconclusive")
        } else if waits || !says("APPROVED") {
            (None, "Pending")
        } else {
            (Some("success"), "Passed")
        }
    }
}

/// The people, and what they know of what they did.
#[derive(Debug)]
pub(crate) struct Crowd {
    repositories: Vec<String>,
    works: Vec<Work>,
    steps: usize,
}

impl Crowd {
    /// So many repositories, in which nothing has happened yet.
    pub(crate) fn gather(github: &FakeGitHub, repositories: usize) -> Self {
        {
            // A long run asks for more than an hour's quota, and takes less than an hour. What the App does
            // when it is used up is another matter.
            let limits = &mut github.data().limits;
            limits.limit = 1_000_000;
            limits.remaining = 1_000_000;
            limits.graphql_remaining = 1_000_000;
        }
        let repositories: Vec<String> =
            (1..=repositories).map(|number| format!("acme/shop-{number}")).collect();
        for name in &repositories {
            repository(github, name);
            let policy = format!("{POLICY}comment: always\n");
            github.push(name, "main", &[(".github/gate.yml", &policy)]);
        }
        Self { repositories, works: Vec::new(), steps: 0 }
    }

    pub(crate) fn steps(&self) -> usize {
        self.steps
    }

    pub(crate) fn pull_requests(&self) -> usize {
        self.works.len()
    }

    /// A repository is called otherwise from now on.
    pub(crate) fn rename(&mut self, github: &FakeGitHub, at: usize, name: &str) {
        let old = std::mem::replace(&mut self.repositories[at], format!("acme/{name}"));
        github.rename(&old, name);
        let new = |it: &mut String| {
            if *it == old {
                it.clone_from(&self.repositories[at]);
            }
        };
        for work in &mut self.works {
            new(&mut work.pull.repository);
            new(&mut work.pull.head_repository);
            if let Ci::Running(run) | Ci::Done(run, ..) | Ci::Barren(run) = &mut work.ci {
                new(&mut run.repository);
            }
        }
    }

    /// One of them does something.
    pub(crate) fn step(&mut self, github: &FakeGitHub, dice: &mut Dice) {
        self.steps += 1;
        let few = 4 * self.repositories.len();
        if self.works.len() < few || (self.works.len() < 4 * few && dice.once_in(40)) {
            return self.open(github, dice);
        }
        let at = dice.below(self.works.len());
        let work = &mut self.works[at];
        if !work.open {
            github.reopen(&work.pull);
            work.open = true;
            return;
        }
        match dice.below(24) {
            0..=1 => {
                let text = format!("a = {}\n", self.steps);
                work.pull = github.push_to(&work.pull, &[("src/a.py", &text)]);
                work.ci = Ci::NotBegun;
                work.attempts = 0;
            }
            2..=9 => ci(github, dice, work),
            10..=12 => review(github, dice, work),
            13 => {
                let thread = github.open_thread(&work.pull, "grace", "src/a.py", 1);
                work.threads.push(thread);
            }
            14..=15 => {
                if let Some(thread) = work.threads.pop() {
                    github.resolve(&work.pull, &thread, "ada");
                }
            }
            16 => {
                let on = dice.once_in(2);
                github.label(&work.pull, "urgent", on);
            }
            17 => {
                let draft = dice.once_in(2);
                github.draft(&work.pull, draft);
            }
            18..=20 => {
                let conclusion = *dice.one_of(&[None, Some("success"), Some("failure")]);
                let place = (work.pull.repository.as_str(), work.pull.head.as_str());
                github.check(place.0, place.1, ("linter", "lint"), conclusion);
            }
            21 => {
                let place = (work.pull.repository.as_str(), work.pull.head.as_str());
                let state = dice.one_of(&["pending", "success", "failure"]);
                github.status(place.0, place.1, "ci/old", state);
            }
            22 => {
                github.close(&work.pull);
                work.open = false;
            }
            _ => {
                let text = format!("b = {}\n", self.steps);
                github.push(&work.pull.repository, "main", &[("src/b.py", &text)]);
            }
        }
    }

    fn open(&mut self, github: &FakeGitHub, dice: &mut Dice) {
        let branch = format!("work-{}", self.works.len());
        let repository = dice.one_of(&self.repositories);
        let text = format!("a = {}\n", self.steps);
        let files = [("src/a.py", text.as_str())];
        let opening = Opening::from_branch(&branch).by("ada").with(&files);
        let fork = format!("linus/{}", repository.replace('/', "-"));
        let opening = if dice.once_in(5) { opening.from_fork(&fork).by("linus") } else { opening };
        let pull = github.open_pull_request(repository, &opening);
        let ci = Ci::NotBegun;
        self.works.push(Work {
            pull,
            open: true,
            ci,
            attempts: 0,
            reviews: [None, None],
            threads: Vec::new(),
        });
    }

    /// What is not as it must be: every open head has one latest check, every open pull request one
    /// comment, and they are right.
    pub(crate) fn problems(&self, github: &GitHub) -> Vec<String> {
        self.works.iter().filter(|it| it.open).filter_map(|it| problem(github, it)).collect()
    }

    /// The test has seen every check, also those of commits that are heads no more, and every comment,
    /// of which no pull request has two, open or not.
    pub(crate) fn looked_at(&self, github: &FakeGitHub) {
        for repository in &mut github.data().repositories {
            repository.check_runs.iter_mut().for_each(|it| it.seen = true);
            repository.comments.iter_mut().for_each(|it| it.seen = true);
            let mut numbers: Vec<u64> = repository
                .comments
                .iter()
                .filter(|it| it.app.is_some())
                .map(|it| it.number)
                .collect();
            let all = numbers.len();
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers.len(), all, "a pull request has two comments");
        }
    }
}

/// A repository with the policy on its `main`, and its people.
pub(crate) fn repository(github: &FakeGitHub, name: &str) {
    github.repository(name, &[(".github/gate.yml", POLICY), ("src/a.py", "a = 1\n")]);
    for person in ["ada", "grace", "alan"] {
        github.collaborator(name, person, "write");
    }
}

/// A workflow run ends, and leaves reports with which nothing is wrong.
pub(crate) fn finish_well(github: &FakeGitHub, run: &Run) {
    finish(github, run, 9, 0);
}

/// A Bandit report without a finding.
pub(crate) fn good_bandit() -> Vec<u8> {
    bandit(0)
}

fn finish(github: &FakeGitHub, run: &Run, covered: usize, findings: usize) {
    github.upload_artifact(run, "coverage", &[("coverage.xml", &coverage(covered))]);
    github.upload_artifact(run, "security", &[("bandit.json", &bandit(findings))]);
    github.finish_workflow(run, "success");
}

fn ci(github: &FakeGitHub, dice: &mut Dice, work: &mut Work) {
    work.ci = match &work.ci {
        Ci::NotBegun => {
            let jobs = &["tests", "lint", "types", "security"][..1 + dice.below(4)];
            let place = (&work.pull.repository, &work.pull.head);
            Ci::Running(github.start_workflow(place.0, place.1, "CI", jobs))
        }
        // An attempt before this one may have left reports; then this one leaves some, too.
        Ci::Running(run) if work.attempts == 0 && dice.once_in(8) => {
            github.finish_workflow(run, "failure");
            Ci::Barren(run.clone())
        }
        Ci::Running(run) => {
            let covered = if dice.once_in(4) { 7 } else { 9 };
            let findings = usize::from(dice.once_in(4));
            finish(github, run, covered, findings);
            work.attempts += 1;
            Ci::Done(run.clone(), covered, findings)
        }
        Ci::Done(run, ..) | Ci::Barren(run) => {
            github.rerun_workflow(run, &["tests"]);
            Ci::Running(run.clone())
        }
    };
}

fn review(github: &FakeGitHub, dice: &mut Dice, work: &mut Work) {
    let who = dice.below(REVIEWERS.len());
    match work.reviews[who] {
        Some((_, id)) if dice.once_in(3) => {
            github.dismiss(&work.pull, id);
            work.reviews[who] = None;
        }
        _ => {
            let state = if dice.once_in(4) { "CHANGES_REQUESTED" } else { "APPROVED" };
            let id = github.review(&work.pull, REVIEWERS[who], state);
            work.reviews[who] = Some((state, id));
        }
    }
}

fn problem(github: &GitHub, work: &Work) -> Option<String> {
    let Pull { repository, number, head, .. } = &work.pull;
    let place = github.repositories.iter().find(|it| it.full_name() == *repository)?;
    let mut runs: Vec<&CheckRun> =
        place.check_runs.iter().filter(|it| it.head == *head && it.is_of(&github.app)).collect();
    runs.sort_by_key(|it| it.id);
    let here = format!("{repository}#{number} at {head}");
    let Some((latest, older)) = runs.split_last() else {
        return Some(format!("{here}: no check"));
    };
    if let Some(left) = older.iter().find(|it| it.status != "completed") {
        return Some(format!(
            "{here}: {} older checks, one of them left open: {left:?}",
            older.len()
        ));
    }
    let (conclusion, title) = work.expected();
    let shown = latest.title.clone().unwrap_or_default();
    let right = latest.conclusion.as_deref() == conclusion
        && (latest.status == "completed") == conclusion.is_some()
        && shown.starts_with(title);
    if !right {
        return Some(format!(
            "{here}: not {conclusion:?} {title:?} but {} {shown:?}; {work:?}",
            latest.status
        ));
    }
    let of_this = |it: &&Comment| it.number == *number && it.app.is_some();
    let comments: Vec<&Comment> = place.comments.iter().filter(of_this).collect();
    let [comment] = comments.as_slice() else {
        return Some(format!("{here}: {} comments", comments.len()));
    };
    let heading = comment.body.lines().find(|it| it.starts_with("### ")).unwrap_or_default();
    let short = head.get(..12).unwrap_or(head);
    let right = heading.contains(title) && comment.body.contains(&format!("For `{short}`"));
    (!right).then(|| format!("{here}: it is {title:?}, and the comment is of {heading:?}"))
}

/// A coverage report in which so many of ten lines are covered.
fn coverage(covered: usize) -> Vec<u8> {
    let lines: String = (1..=10)
        .map(|line| format!("<line number=\"{line}\" hits=\"{}\"/>", u8::from(line <= covered)))
        .collect();
    format!(
        "<coverage><packages><package name=\"p\"><classes><class name=\"a\" filename=\"src/a.py\">\
         <lines>{lines}</lines></class></classes></package></packages></coverage>"
    )
    .into_bytes()
}

/// A Bandit report with so many findings of high severity.
fn bandit(findings: usize) -> Vec<u8> {
    let result = |line: usize| {
        format!(
            "{{\"code\":\"{line} call({line})\\n\",\"filename\":\"src/a.py\",\
             \"issue_confidence\":\"HIGH\",\"issue_severity\":\"HIGH\",\"issue_text\":\"bad\",\
             \"line_number\":{line},\"line_range\":[{line}],\"test_id\":\"B602\",\
             \"test_name\":\"shell\"}}"
        )
    };
    let results: Vec<String> = (1..=findings).map(result).collect();
    format!(
        "{{\"errors\":[],\"metrics\":{{\"src/a.py\":{{\"loc\":10}}}},\"results\":[{}]}}",
        results.join(",")
    )
    .into_bytes()
}

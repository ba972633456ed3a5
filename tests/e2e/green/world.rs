//! Small policies over small evidence, by dice.

use gate_core::{
    evidence::{
        Account, AddedLines, Branch, ChangeKind, ChangeSet, Content, Coverage, Dependency,
        Evidence, FileChange, FileCoverage, Finding, Findings, Line, Motion, Origin, Piece,
        PullRequest, Report, Review, ReviewState, Thread, Unit, UserAccount, Vulnerabilities,
        Vulnerability,
    },
    measure::{Fingerprint, Location, RepoPath, Severity},
    policy::Policy,
};

/// A stream of choices; what is behind its end is the first of each.
pub(super) struct Dice<'a>(std::slice::Iter<'a, u8>);

impl<'a> Dice<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes.iter())
    }

    fn below(&mut self, sides: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or_default()) % sides
    }

    fn one<'b>(&mut self, of: &[&'b str]) -> &'b str {
        of[self.below(of.len())]
    }

    fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 1
    }
}

#[derive(Clone)]
pub(super) struct World {
    pub(super) policy: Policy,
    pub(super) evidence: Evidence,
}

/// Those who may write, and are not the author.
pub(super) const PEOPLE: [&str; 4] = ["ada", "grace", "linus", "margaret"];

impl World {
    pub(super) fn of(dice: &mut Dice<'_>) -> Self {
        let policy = policy(dice);
        let policy = Policy::parse(&policy).unwrap_or_else(|error| panic!("{error}\n{policy}"));
        Self { policy, evidence: evidence(dice) }
    }
}

fn policy(dice: &mut Dice<'_>) -> String {
    let mut text =
        "version: 1\nreports: { c: { file: c }, f: { file: f }, v: { file: v } }\nrules:\n"
            .to_owned();
    for number in 0..=dice.below(3) {
        let rule = match dice.below(4) {
            0 => {
                let group = dice.one(&["any-of", "all-of"]);
                let inner = match dice.below(4) {
                    0 => format!(
                        "any-of: {{ x{number}: {{ {} }}, y{number}: {{ {} }} }}",
                        kind(dice, true),
                        kind(dice, true)
                    ),
                    _ => kind(dice, true),
                };
                let when = condition(dice);
                format!(
                    "{group}: {{ a{number}: {{ {when}{} }}, b{number}: {{ {inner} }} }}",
                    kind(dice, true)
                )
            }
            _ => kind(dice, false),
        };
        let mode = if dice.chance(8) { "mode: shadow, " } else { "" };
        let when = condition(dice);
        text += &format!("  r{number}: {{ {mode}{when}{rule} }}\n");
    }
    text
}

fn condition(dice: &mut Dice<'_>) -> &'static str {
    match dice.below(12) {
        1 => "when: { labels: [feature] }, ",
        2 => "unless: { labels: [bug] }, ",
        3 => "when: { labels: [wip] }, ",
        _ => "",
    }
}

fn kind(dice: &mut Dice<'_>, in_group: bool) -> String {
    let percent = 10 * dice.below(11);
    match dice.below(9) {
        0 | 1 => {
            let metric =
                dice.one(&["", ", metric: combined", ", metric: branches", ", partial: missed"]);
            let paths = dice.one(&["", "", ", paths: { include: [a.py] }"]);
            format!("coverage: {{ report: c, at-least: {percent}%{metric}{paths} }}")
        }
        2 | 3 => {
            let metric = dice.one(&["", "", ", metric: combined", ", partial: missed"]);
            // Of a rule that is skipped because nothing it counts was changed, a group takes no note.
            let count = match (dice.below(3), in_group) {
                (1, false) => ", count: [regressed]",
                (2, _) => ", count: [new, regressed, moved]",
                _ => "",
            };
            let small = dice.one(&["", "", ", small-change: 2", ", small-change: 3"]);
            format!(
                "coverage: {{ report: c, of: changed-lines, at-least: {percent}%{metric}{count}{small} }}"
            )
        }
        4 => {
            let (severity, only) =
                (dice.one(&["low", "high"]), dice.one(&["present", "introduced"]));
            format!(
                "findings: {{ report: f, severity: {severity}, only: {only}, at-most: {} }}",
                dice.below(2)
            )
        }
        5 => {
            let fix = dice.one(&["any", "available", "unavailable"]);
            format!("vulnerabilities: {{ report: v, fix: {fix}, at-most: {} }}", dice.below(3))
        }
        6 | 7 => {
            let stale = dice.one(&["count", "ignore"]);
            let open = dice.one(&["any", "resolved"]);
            let (approvals, approvers) = match dice.below(4) {
                0 => (dice.below(3), ""),
                1 => (1, ", from: { users: [ada] }"),
                2 => (1 + dice.below(2), ", from: { users: [ada, grace] }"),
                _ => (1, ", from: { users: [grace, linus] }"),
            };
            format!(
                "review: {{ approvals: {approvals}{approvers}, stale-approvals: {stale}, conversations: {open} }}"
            )
        }
        _ => {
            let labels = dice.one(&[
                "any-of: [bug, feature]",
                "all-of: [reviewed]",
                "all-of: [reviewed, 'f*']",
                "none-of: [wip]",
                "any-of: [feature, docs], none-of: [bug]",
            ]);
            format!("labels: {{ {labels} }}")
        }
    }
}

fn evidence(dice: &mut Dice<'_>) -> Evidence {
    let account = |unit| Account::stated(unit, 9);
    let coverage = |dice: &mut Dice<'_>| {
        let content = Coverage {
            files: vec![file("a.py", 4, dice), file("b.py", 2, dice)],
            reported: [].into(),
        };
        Piece::Present(Report::new("cobertura", Content::Coverage(content), account(Unit::Files)))
    };
    let all: Vec<Finding> = (0..3_u32).map(|line| finding(line, dice)).collect();
    let findings = |list: Vec<Finding>| {
        Piece::Present(Report::new(
            "bandit",
            Content::Findings(Findings::new(list)),
            account(Unit::Files),
        ))
    };
    let known: Vec<Finding> = all.iter().filter(|_| dice.chance(2)).cloned().collect();
    let dependencies = ["p", "q"].map(|name| dependency(name, dice)).to_vec();
    let vulnerabilities =
        Vulnerabilities { dependencies, listed: 2, advisories: 2, fixed: Vec::new() };
    Evidence::nothing()
        .with_report("c", coverage(dice))
        .with_baseline_report("c", coverage(dice))
        .with_report("f", findings(all))
        .with_baseline_report("f", findings(known))
        .with_report(
            "v",
            Piece::Present(Report::new(
                "pip-audit",
                Content::Vulnerabilities(vulnerabilities),
                account(Unit::Dependencies),
            )),
        )
        .with_pull_request(Piece::Present(pull_request(dice)))
        .with_changes(Piece::Present(changes(dice)))
}

fn file(path: &str, lines: u32, dice: &mut Dice<'_>) -> FileCoverage {
    let line = |number| {
        let hits = u32::from(dice.chance(2));
        let branches_total = if dice.chance(3) { 2 } else { 0 };
        let covered = u16::try_from(dice.below(3)).unwrap().min(branches_total);
        Line { number, hits, branches_covered: if hits > 0 { covered } else { 0 }, branches_total }
    };
    FileCoverage::new(RepoPath::normalised(path), (1..=lines).map(line).collect::<Vec<_>>())
        .unwrap()
}

/// Two kinds of findings, each with its severity, and copies of each.
fn finding(line: u32, dice: &mut Dice<'_>) -> Finding {
    let location =
        Location { path: RepoPath::normalised("a.py"), line: Some(line + 1), end_line: None };
    let kind = dice.one(&["B1", "B2"]);
    let mut finding = Finding::new(kind, location, "text", Fingerprint::of(&[kind]));
    finding.severity = if kind == "B1" { Severity::High } else { Severity::Low };
    finding
}

fn dependency(name: &str, dice: &mut Dice<'_>) -> Dependency {
    let flaw = |number: usize, dice: &mut Dice<'_>| {
        let mut flaw = Vulnerability::new(format!("CVE-{name}-{number}"), []);
        flaw.fix_versions = match dice.below(3) {
            0 => Vec::new(),
            minor => vec![format!("1.{minor}")],
        };
        flaw
    };
    let count = dice.below(3);
    let vulnerabilities = (0..count).map(|number| flaw(number, dice)).collect();
    Dependency { package: name.to_owned(), version: "1.0".to_owned(), vulnerabilities }
}

fn pull_request(dice: &mut Dice<'_>) -> PullRequest {
    let branch = |name: &str, sha: &str| Branch { name: name.to_owned(), sha: sha.to_owned() };
    let mut pull_request = PullRequest::new(branch("main", "base"), branch("feature", "head"));
    let account = |login: &str| UserAccount { login: login.to_owned(), id: None, bot: false };
    pull_request.author = Some(account("author"));
    for (at, login) in PEOPLE.iter().take(3).enumerate() {
        let state = match dice.below(4) {
            1 => ReviewState::Approved,
            2 => ReviewState::ChangesRequested,
            _ => continue,
        };
        pull_request.reviews.push(Review {
            author: Some(account(login)),
            state,
            commit: Some(dice.one(&["head", "old"]).to_owned()),
            submitted_at: Some(format!("2026-11-20T10:00:0{at}Z").parse().unwrap()),
            can_write: true,
        });
    }
    for label in ["bug", "wip", "reviewed"] {
        if dice.chance(3) {
            pull_request.labels.push(label.to_owned());
        }
    }
    for line in 0..2 {
        let resolved = !dice.chance(3);
        let thread =
            Thread { path: "a.py".to_owned(), line: Some(line + 1), resolved, outdated: false };
        pull_request.threads.push(thread);
    }
    pull_request
}

/// Some lines of `a.py` are new, and some come from `b.py`.
fn changes(dice: &mut Dice<'_>) -> ChangeSet {
    let mut file = FileChange::new(RepoPath::normalised("a.py"), ChangeKind::Modified);
    for line in 1..=4 {
        let origin = match dice.below(3) {
            0 => None,
            1 => Some(Origin {
                path: RepoPath::normalised("b.py"),
                start: 1 + u32::from(dice.chance(2)),
                how: Motion::Moved,
            }),
            _ => continue,
        };
        file.added.push(AddedLines { start: line, lines: 1, origin });
    }
    ChangeSet::new(vec![file])
}

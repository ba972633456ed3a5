//! What can be done about evidence, one thing at a time, and what it is afterwards.

use super::world::PEOPLE;
use gate_core::{
    evidence::{
        Content, Coverage, Evidence, FileCoverage, Findings, Line, Piece, PullRequest, Report,
        Review, ReviewState, UserAccount, Vulnerabilities,
    },
    green::{Action, ActionKind, Way},
    policy::{Mode, Policy, Rule, RuleKind},
};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deed {
    Cover(String, u32),
    Mend(u32),
    Upgrade(String, String),
    Replace(String),
    Approve(String),
    Resolve(u32),
    Label(String),
    Unlabel(String),
}

impl Deed {
    const fn is_pushed(&self) -> bool {
        matches!(self, Self::Cover(..) | Self::Mend(_) | Self::Upgrade(..) | Self::Replace(_))
    }
}

fn present<'a>(evidence: &'a mut Evidence, name: &str) -> &'a mut Content {
    let Some(Piece::Present(Report { content, .. })) = evidence.reports.get_mut(name) else {
        panic!("no report {name}");
    };
    content
}

fn coverage(evidence: &mut Evidence) -> &mut Coverage {
    let Content::Coverage(coverage) = present(evidence, "c") else { panic!("no coverage") };
    coverage
}

fn findings(evidence: &mut Evidence) -> &mut Findings {
    let Content::Findings(findings) = present(evidence, "f") else { panic!("no findings") };
    findings
}

fn vulnerabilities(evidence: &mut Evidence) -> &mut Vulnerabilities {
    let Content::Vulnerabilities(all) = present(evidence, "v") else {
        panic!("no vulnerabilities")
    };
    all
}

fn pull_request(evidence: &mut Evidence) -> &mut PullRequest {
    let Piece::Present(this) = &mut evidence.pull_request else { panic!("no pull request") };
    this
}

/// Everything that could be done here. What a rule applies to is not changed for its own sake: labels
/// are those that some rule asks for.
pub(super) fn all(evidence: &Evidence, policy: &Policy) -> Vec<Deed> {
    let mut evidence = evidence.clone();
    let mut deeds = Vec::new();
    for file in &coverage(&mut evidence).files {
        let missed = file.lines().iter().filter(|l| !l.is_covered() || l.is_partial());
        deeds.extend(missed.map(|line| Deed::Cover(file.path().to_string(), line.number)));
    }
    deeds.extend(
        findings(&mut evidence).findings.iter().filter_map(|f| f.location.line).map(Deed::Mend),
    );
    for dependency in &vulnerabilities(&mut evidence).dependencies {
        let versions = dependency.vulnerabilities.iter().flat_map(|flaw| &flaw.fix_versions);
        let name = &dependency.package;
        deeds.extend(versions.max().map(|to| Deed::Upgrade(name.clone(), to.clone())));
        deeds.push(Deed::Replace(name.clone()));
    }
    deeds.extend(PEOPLE.map(|login| Deed::Approve(login.to_owned())));
    let pull_request = pull_request(&mut evidence);
    let open = pull_request.threads.iter().filter(|thread| !thread.resolved);
    deeds.extend(open.filter_map(|thread| thread.line).map(Deed::Resolve));
    let required = policy.rules().iter().filter(|rule| rule.mode == Mode::Required);
    for rule in required.flat_map(Rule::with_parts) {
        let RuleKind::Labels(labels) = &rule.kind else { continue };
        let wanted = labels.all_of.iter().chain(&labels.any_of).flat_map(|globs| globs.texts());
        let wanted = wanted.map(|label| label.replace('*', "x"));
        deeds.extend(wanted.filter(|l| !pull_request.labels.contains(l)).map(Deed::Label));
        let unwanted =
            |label: &&String| labels.none_of.as_ref().is_some_and(|globs| globs.fit(label));
        deeds.extend(pull_request.labels.iter().filter(unwanted).cloned().map(Deed::Unlabel));
    }
    deeds.sort();
    deeds.dedup();
    deeds
}

/// Does all of it: what needs commits first.
pub(super) fn apply(deeds: &[Deed], evidence: &mut Evidence) {
    if deeds.iter().any(Deed::is_pushed) {
        pull_request(evidence).head.sha = "pushed".to_owned();
    }
    for deed in deeds {
        match deed {
            Deed::Cover(path, number) => {
                let files = &mut coverage(evidence).files;
                let file = files.iter_mut().find(|file| file.path().as_str() == path).unwrap();
                let lines = file.lines().iter().map(|&line| match line.number == *number {
                    true => Line { hits: 1, branches_covered: line.branches_total, ..line },
                    false => line,
                });
                *file = FileCoverage::new(file.path().clone(), lines.collect::<Vec<_>>()).unwrap();
            }
            Deed::Mend(line) => {
                findings(evidence).findings.retain(|finding| finding.location.line != Some(*line));
            }
            Deed::Upgrade(package, to) => {
                for dependency in &mut vulnerabilities(evidence).dependencies {
                    if dependency.package == *package {
                        // Of a flaw that no version mends, every version has it.
                        dependency
                            .vulnerabilities
                            .retain(|flaw| flaw.fix_versions.first().is_none_or(|fix| fix > to));
                    }
                }
            }
            Deed::Replace(package) => {
                vulnerabilities(evidence).dependencies.retain(|one| one.package != *package);
            }
            Deed::Approve(login) => {
                let pull_request = pull_request(evidence);
                let review = Review {
                    author: Some(UserAccount { login: login.clone(), id: None, bot: false }),
                    state: ReviewState::Approved,
                    commit: Some(pull_request.head.sha.clone()),
                    submitted_at: Some("2026-11-24T11:00:00Z".parse().unwrap()),
                    can_write: true,
                };
                pull_request.reviews.push(review);
            }
            Deed::Resolve(line) => {
                let threads = &mut pull_request(evidence).threads;
                threads.iter_mut().find(|t| t.line == Some(*line)).unwrap().resolved = true;
            }
            Deed::Label(label) => pull_request(evidence).labels.push(label.clone()),
            Deed::Unlabel(label) => pull_request(evidence).labels.retain(|one| one != label),
        }
    }
}

/// What a way says, done with the first of its choices or with the last.
pub(super) fn of(way: &Way, evidence: &Evidence, from_the_end: bool) -> Vec<Deed> {
    let mut deeds: Vec<Deed> = Vec::new();
    for action in &way.actions {
        let mut choices = choices(action);
        if choices.is_empty() && action.kind == ActionKind::Approve {
            // Anybody: of those who have not approved, and are not asked by name.
            choices = strangers(evidence, way);
        }
        if from_the_end {
            choices.reverse();
        }
        deeds.extend(choices.into_iter().take(usize::try_from(action.count).unwrap()));
    }
    deeds
}

fn strangers(evidence: &Evidence, way: &Way) -> Vec<Deed> {
    let mut evidence = evidence.clone();
    let known: Vec<String> = pull_request(&mut evidence)
        .reviews
        .iter()
        .filter(|review| {
            review.state == ReviewState::Approved && review.commit.as_deref() == Some("head")
        })
        .filter_map(|review| Some(review.author.as_ref()?.login.clone()))
        .collect();
    let named: Vec<Deed> = way.actions.iter().flat_map(choices).collect();
    let more = ["someone", "somebody", "anyone"];
    let all = more.iter().map(|login| (*login).to_owned());
    let all = all.filter(|login| !known.contains(login)).map(Deed::Approve);
    all.filter(|deed| !named.contains(deed)).collect()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the others are not in this world")]
fn choices(action: &Action) -> Vec<Deed> {
    let mut deeds = Vec::new();
    for choice in &action.choices {
        let words = choice.message.to_string();
        let line = choice.location.as_ref().and_then(|location| location.line);
        match action.kind {
            ActionKind::Cover => {
                let location = choice.location.as_ref().unwrap();
                let (first, last) = (line.unwrap(), location.end_line.or(line).unwrap());
                deeds.extend(
                    (first..=last).map(|line| Deed::Cover(location.path.to_string(), line)),
                );
            }
            ActionKind::Mend => deeds.push(Deed::Mend(line.unwrap())),
            ActionKind::Upgrade => {
                let (package, to) = words.split_once(" to ").unwrap();
                deeds.push(Deed::Upgrade(package.to_owned(), to.to_owned()));
            }
            ActionKind::Replace => {
                deeds.push(Deed::Replace(words.split(' ').next().unwrap().to_owned()));
            }
            ActionKind::Approve => {
                deeds.push(Deed::Approve(words.split(',').next().unwrap().to_owned()));
            }
            ActionKind::Resolve => deeds.push(Deed::Resolve(line.unwrap())),
            ActionKind::AddLabel => deeds.push(Deed::Label(words.replace('*', "x"))),
            ActionKind::RemoveLabel => deeds.push(Deed::Unlabel(words)),
            other => panic!("{other:?} is not in this world"),
        }
    }
    deeds
}

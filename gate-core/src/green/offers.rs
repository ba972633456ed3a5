//! From what rules offer to steps that can be counted: whatever serves several rules is one step, and
//! steps that are alike in every respect are one class.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::Constraint;
use crate::{
    measure::Message,
    rule::{Detail, Repair, Step, What},
};

/// A line of a report: the file's place, and the line's number.
pub(super) type Place = (u32, u32);

/// Steps that are alike for every constraint.
pub(super) struct Alike {
    /// What one of them gains, by constraint.
    pub(super) gains: Vec<u64>,
    pub(super) of: Members,
}

/// Which steps they are.
pub(super) enum Members {
    /// Lines of one report to be covered.
    Lines { report: String, branches: bool, lines: Vec<Place> },
    /// A step, with what the rules add to it.
    Step(Step, Vec<Detail>),
}

/// Every step that serves one of these constraints.
pub(super) fn steps(constraints: &[Constraint<'_>]) -> Vec<Alike> {
    let mut steps: BTreeMap<Step, (Vec<Detail>, Vec<u64>)> = BTreeMap::new();
    let known = Known::of(constraints);
    for (place, constraint) in constraints.iter().enumerate() {
        for offer in &constraint.gain.offers {
            for (step, detail) in known.steps(&offer.what) {
                let (details, gains) =
                    steps.entry(step).or_insert_with(|| (Vec::new(), vec![0; constraints.len()]));
                if detail != Detail::Plain && !details.contains(&detail) {
                    details.push(detail);
                }
                if let Some(gain) = gains.get_mut(place) {
                    *gain = offer.gain.max(*gain);
                }
            }
        }
    }
    let steps = steps
        .into_iter()
        .map(|(step, (details, gains))| Alike { gains, of: Members::Step(step, details) });
    let mut all: Vec<Alike> = lines(constraints).into_iter().chain(steps).collect();
    let unmet = constraints.iter().enumerate().filter(|(place, constraint)| {
        let given = all.iter().map(|alike| {
            u128::from(alike.gains.get(*place).copied().unwrap_or_default())
                * u128::from(alike.of.supply())
        });
        given.fold(0, u128::saturating_add) < constraint.gain.need
    });
    let unmet: Vec<Alike> =
        unmet.map(|(place, constraint)| beyond(place, constraint, constraints.len())).collect();
    all.extend(unmet);
    all
}

/// What is asked for and cannot be had: only the policy can help.
fn beyond(place: usize, constraint: &Constraint<'_>, constraints: usize) -> Alike {
    let mut gains = vec![0; constraints];
    if let Some(gain) = gains.get_mut(place) {
        *gain = u64::try_from(constraint.gain.need).unwrap_or(u64::MAX);
    }
    let step = Step::Repair { of: Repair::Rule, what: constraint.rule.to_owned() };
    let words =
        Message::new("more is asked for than there is to be done by ").quote(constraint.rule);
    Alike { gains, of: Members::Step(step, vec![Detail::Words(words)]) }
}

impl Members {
    /// How often one of them can be taken.
    pub(super) fn supply(&self) -> u64 {
        match self {
            Self::Lines { lines, .. } => lines.len() as u64,
            Self::Step(
                Step::NewTest { .. } | Step::GroupApproval { .. } | Step::AnyApproval,
                _,
            ) => u64::MAX,
            Self::Step(..) => 1,
        }
    }
}

/// What may be meant where a rule takes any of many: all that some rule names.
struct Known {
    people: BTreeSet<String>,
    groups: BTreeSet<String>,
    labels: BTreeSet<String>,
    files: BTreeSet<String>,
    replaced: BTreeSet<Step>,
}

impl Known {
    fn of(constraints: &[Constraint<'_>]) -> Self {
        let mut known = Self {
            people: BTreeSet::new(),
            groups: BTreeSet::new(),
            labels: BTreeSet::new(),
            files: BTreeSet::new(),
            replaced: BTreeSet::new(),
        };
        let offers = || constraints.iter().flat_map(|constraint| &constraint.gain.offers);
        let elsewhere = |group: &String, member: &String| {
            offers().any(|offer| match &offer.what {
                What::Group { of, members, .. } => of != group && members.contains(member),
                What::Step(..) | What::Label(..) | What::File(_) | What::Anybody { .. } => false,
            })
        };
        for offer in offers() {
            match &offer.what {
                What::Step(Step::Approval { login }, _) => {
                    known.people.insert(login.clone());
                }
                What::Step(step @ Step::Replace { .. }, _) => {
                    known.replaced.insert(step.clone());
                }
                What::Label(globs, place) => {
                    let named = globs.texts().iter().enumerate();
                    let named = named.filter(|(at, _)| place.is_none_or(|place| place == *at));
                    known.labels.extend(named.map(|(_, text)| text.clone()));
                }
                What::File(globs) => known.files.extend(globs.texts().iter().cloned()),
                What::Group { of, members, .. } => {
                    // Whoever is in two groups may satisfy both.
                    known.groups.insert(of.clone());
                    let mut members = members.iter();
                    known.people.extend(members.by_ref().filter(|m| elsewhere(of, m)).cloned());
                }
                What::Step(..) | What::Anybody { .. } => {}
            }
        }
        known
    }

    fn steps(&self, what: &What) -> Vec<(Step, Detail)> {
        let plain = |step| (step, Detail::Plain);
        match what {
            What::Step(step, detail) => {
                // What is replaced need not be upgraded.
                let replaced = replacement(step).filter(|step| self.replaced.contains(step));
                let this = (step.clone(), detail.clone());
                replaced.map(plain).into_iter().chain([this]).collect()
            }
            What::Label(globs, place) => {
                let fits = |glob: &&String| {
                    let fitting = globs.which_fit(&example(glob));
                    let own = globs.texts().iter().position(|text| text == *glob);
                    match place {
                        Some(place) => fitting.contains(place) || own == Some(*place),
                        None => !fitting.is_empty() || own.is_some(),
                    }
                };
                let labels = self.labels.iter().filter(fits);
                labels.map(|glob| plain(Step::Label { glob: glob.clone() })).collect()
            }
            What::File(globs) => {
                let fits =
                    |glob: &&String| globs.texts().contains(glob) || globs.fit(&example(glob));
                let files = self.files.iter().filter(fits);
                files.map(|glob| plain(Step::ChangeFile { glob: glob.clone() })).collect()
            }
            What::Anybody { but } => {
                let may =
                    |login: &&String| !but.iter().any(|other| crate::rule::is_login(other, login));
                let people = self.people.iter().filter(may);
                let people = people.map(|login| plain(Step::Approval { login: login.clone() }));
                let groups = self.groups.iter();
                let groups = groups.map(|of| plain(Step::GroupApproval { of: of.clone() }));
                people.chain(groups).chain([plain(Step::AnyApproval)]).collect()
            }
            What::Group { of, members, but, .. } => {
                let may = |login: &&String| {
                    members.contains(login)
                        && !but.iter().any(|other| crate::rule::is_login(other, login))
                };
                let people = self.people.iter().filter(may);
                let people = people.map(|login| plain(Step::Approval { login: login.clone() }));
                people.chain([plain(Step::GroupApproval { of: of.clone() })]).collect()
            }
        }
    }
}

/// The replacement of what is upgraded, which does as much and perhaps more.
pub(super) fn replacement(step: &Step) -> Option<Step> {
    let Step::Upgrade { package, version } = step else { return None };
    Some(Step::Replace { package: package.clone(), version: version.clone() })
}

/// Something that a glob fits, for most globs; a glob without wildcards is its own example.
pub(super) fn example(glob: &str) -> String {
    let mut text = glob.replace("**/", "").replace("**", "x").replace(['*', '?'], "x");
    while let (Some(open), Some(close)) = (text.find('{'), text.find('}')) {
        let Some(inner) = text.get(open + 1..close) else { break };
        let first = inner.split(',').next().unwrap_or_default().to_owned();
        text.replace_range(open..=close, &first);
    }
    text
}

/// The lines by what each gains: a million of them are a few classes.
fn lines(constraints: &[Constraint<'_>]) -> Vec<Alike> {
    let with_lines = || {
        let numbered = constraints.iter().enumerate();
        numbered.filter_map(|(at, constraint)| Some((at, constraint.gain.lines.as_ref()?)))
    };
    let reports: BTreeSet<&str> = with_lines().map(|(_, lines)| lines.report.as_str()).collect();
    let mut alike = Vec::new();
    for report in reports {
        let here = || with_lines().filter(|(_, lines)| lines.report == report);
        let branches = here().any(|(_, lines)| lines.branches);
        let mut next: Vec<(usize, _)> =
            here().map(|(at, lines)| (at, lines.lines.iter().peekable())).collect();
        let mut classes: BTreeMap<Vec<u64>, Vec<Place>> = BTreeMap::new();
        let mut gains = vec![0; constraints.len()];
        // Each list is in the order of the report: one walk over all of them.
        while let Some(place) =
            next.iter_mut().filter_map(|(_, lines)| lines.peek().map(|l| (l.file, l.line))).min()
        {
            gains.fill(0);
            for (at, lines) in &mut next {
                let this = lines.next_if(|line| (line.file, line.line) == place);
                if let (Some(line), Some(entry)) = (this, gains.get_mut(*at)) {
                    *entry = line.gain;
                }
            }
            match classes.get_mut(gains.as_slice()) {
                Some(lines) => lines.push(place),
                None => drop(classes.insert(gains.clone(), vec![place])),
            }
        }
        let class = |(gains, lines)| Alike {
            gains,
            of: Members::Lines { report: report.to_owned(), branches, lines },
        };
        alike.extend(classes.into_iter().map(class));
    }
    alike
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_of_a_glob_is_what_it_fits() {
        for (glob, fitting) in [
            ("docs/**", "docs/x"),
            ("**/*.md", "x.md"),
            ("docs/{api,cli}/*.md", "docs/api/x.md"),
            ("CHANGELOG.md", "CHANGELOG.md"),
            ("kind/?", "kind/x"),
        ] {
            assert_eq!(example(glob), fitting);
        }
    }
}

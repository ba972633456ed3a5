//! Vulnerabilities: by dependency and version. What several parts know is one flaw, under all of
//! its ids.

use std::collections::{BTreeMap, BTreeSet};

use crate::evidence::{Dependency, Fixed, Vulnerabilities, Vulnerability};

impl Vulnerabilities {
    /// Every flaw is one of this part.
    pub(super) fn name_part(&mut self, name: &str) {
        let flaws = self.dependencies.iter_mut().flat_map(|one| &mut one.vulnerabilities);
        for flaw in flaws {
            flaw.parts = BTreeSet::from([name.to_owned()]);
        }
    }

    /// Both as one. The counts of what the reports list are those of the longer one.
    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        let mut dependencies: BTreeMap<(String, String), Vec<Vulnerability>> = BTreeMap::new();
        for dependency in self.dependencies.into_iter().chain(other.dependencies) {
            let Dependency { package, version, vulnerabilities } = dependency;
            dependencies.entry((package, version)).or_default().extend(vulnerabilities);
        }
        let dependency = |((package, version), flaws)| Dependency {
            package,
            version,
            vulnerabilities: distinct(flaws),
        };
        let fixed: BTreeSet<Fixed> = self.fixed.into_iter().chain(other.fixed).collect();
        Self {
            dependencies: dependencies.into_iter().map(dependency).collect(),
            listed: self.listed.max(other.listed),
            advisories: self.advisories.max(other.advisories),
            fixed: fixed.into_iter().collect(),
        }
    }
}

/// Every flaw once, in the order of their ids. Two that share an id are one, and so are those that a
/// third one joins.
fn distinct(flaws: Vec<Vulnerability>) -> Vec<Vulnerability> {
    let mut distinct: Vec<Vulnerability> = Vec::new();
    for mut flaw in flaws {
        let (same, others): (Vec<_>, Vec<_>) =
            distinct.into_iter().partition(|known| known.is_same_as(&flaw));
        distinct = others;
        for known in same {
            flaw = joined(flaw, known);
        }
        distinct.push(flaw);
    }
    distinct.sort_by(|one, other| one.id.cmp(&other.id));
    distinct
}

fn joined(mut one: Vulnerability, other: Vulnerability) -> Vulnerability {
    let [ours, theirs] =
        [&one, &other].map(|flaw| flaw.fix_versions.iter().cloned().collect::<BTreeSet<_>>());
    one.ids.extend(other.ids);
    one.parts.extend(other.parts);
    if (rank(&other.id), &other.id) < (rank(&one.id), &one.id) {
        one.id = other.id;
    }
    one.fix_versions = if ours == theirs {
        one.fix_versions.min(other.fix_versions)
    } else {
        ours.into_iter().chain(theirs).collect::<BTreeSet<_>>().into_iter().collect()
    };
    // What one of them says, is said.
    one.fixes = one.fixes.min(other.fixes);
    one.description = match (one.description, other.description) {
        // The longer says more; of two as long, always the same.
        (Some(one), Some(other)) => {
            Some(if (other.len(), &one) > (one.len(), &other) { other } else { one })
        }
        (one, other) => one.or(other),
    };
    one
}

/// pip-audit's order of ids.
fn rank(id: &str) -> usize {
    let lower = id.to_ascii_lowercase();
    ["pysec-", "cve-", "ghsa-"].iter().position(|start| lower.starts_with(start)).unwrap_or(3)
}

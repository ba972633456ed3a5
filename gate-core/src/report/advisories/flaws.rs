//! From advisories to flaws: entries that share an id or an alias describe one.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
};

use super::{Advisory, Id};
use crate::{
    evidence::{NoteCode, Notes, Vulnerability},
    measure::Message,
};

/// The flaws of one package at one version, in the order in which their first advisories stand.
///
/// Ids are compared without case. The result does not depend on the order of the aliases, which
/// tools write in another one each run.
pub(in crate::report) fn merge(
    package: &str,
    advisories: Vec<Advisory>,
    notes: &mut Notes,
) -> Vec<Vulnerability> {
    let groups = groups(&advisories);
    let mut members: BTreeMap<usize, Vec<Advisory>> = BTreeMap::new();
    for (group, advisory) in groups.into_iter().zip(advisories) {
        members.entry(group).or_default().push(advisory);
    }
    let flaws = members.into_values().map(|advisories| {
        let merged_away = advisories.len() as u64 - 1;
        let flaw = one(&advisories);
        notes.add_many(NoteCode::AliasesMerged, merged_away, || {
            Message::default()
                .quote(&flaw.id)
                .say(" of ")
                .quote(package)
                .say(" is listed more than once, under one id or under several")
        });
        flaw
    });
    flaws.collect()
}

/// For each advisory the first one that it is connected with by ids.
fn groups(advisories: &[Advisory]) -> Vec<usize> {
    let mut joined = Joined((0..advisories.len()).collect());
    let mut first: HashMap<String, usize> = HashMap::new();
    for (at, advisory) in advisories.iter().enumerate() {
        for Id(id) in [&advisory.id].into_iter().chain(&advisory.aliases) {
            let known = *first.entry(id.to_ascii_lowercase()).or_insert(at);
            joined.join(known, at);
        }
    }
    (0..advisories.len()).map(|at| joined.root(at)).collect()
}

/// Sets of indices that are joined as it turns out that they belong together; the lowest index of
/// a set stands for it.
struct Joined(Vec<usize>);

impl Joined {
    fn root(&mut self, at: usize) -> usize {
        let mut here = at;
        loop {
            let up = self.0.get(here).copied().unwrap_or(here);
            if up == here {
                return here;
            }
            // Halves the way for the next one.
            let above = self.0.get(up).copied().unwrap_or(up);
            if let Some(link) = self.0.get_mut(here) {
                *link = above;
            }
            here = above;
        }
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(link) = self.0.get_mut(a.max(b)) {
            *link = a.min(b);
        }
    }
}

/// Advisories that describe one flaw.
fn one(advisories: &[Advisory]) -> Vulnerability {
    // By lower case, the smallest writing of each.
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    let all = advisories.iter().flat_map(|a| [&a.id].into_iter().chain(&a.aliases));
    for Id(id) in all {
        let writing = ids.entry(id.to_ascii_lowercase()).or_insert_with(|| id.clone());
        if *id < *writing {
            writing.clone_from(id);
        }
    }
    let leader = ids.iter().min_by_key(|(lower, _)| preference(lower));
    let (lower, id) = leader.map(|(lower, id)| (lower.clone(), id.clone())).unwrap_or_default();
    let mut flaw = Vulnerability::new(id, ids.into_values());
    flaw.description = description(&lower, advisories);
    flaw.fixes = advisories.iter().map(|advisory| advisory.fixes).min().unwrap_or_default();
    let mut seen: HashSet<&str> = HashSet::new();
    let versions = advisories.iter().flat_map(|advisory| &advisory.fix_versions);
    flaw.fix_versions = versions.filter(|version| seen.insert(version.as_str())).cloned().collect();
    flaw
}

/// pip-audit's own order of ids, and the alphabet within it; every reader leads with the same.
fn preference(lower: &str) -> (usize, &str) {
    const ORDER: [&str; 3] = ["pysec-", "cve-", "ghsa-"];
    let rank = ORDER.iter().position(|start| lower.starts_with(start));
    (rank.unwrap_or(ORDER.len()), lower)
}

/// The text of the advisory that leads, else of any: the longest, so that it is always the same.
fn description(leader: &str, advisories: &[Advisory]) -> Option<String> {
    let leads = |advisory: &Advisory| advisory.id.0.eq_ignore_ascii_case(leader);
    let texts: BTreeSet<(bool, Reverse<usize>, &String)> = advisories
        .iter()
        .filter_map(|a| a.description.as_ref().map(|text| (!leads(a), Reverse(text.len()), text)))
        .collect();
    texts.first().map(|&(_, _, text)| text.clone())
}

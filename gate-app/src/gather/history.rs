//! What a base branch has reached: what each of its commits measured that is kept, along the first
//! parents of the one that a pull request is compared with.

use std::collections::BTreeMap;

use gate_core::{
    evidence::{Evidence, History, Past, Piece, Quantity, Report},
    policy::Policy,
    rule,
};

use crate::ids::CommitSha;

use super::{GatherError, Sources, baseline::MOST_BACK, facts::unreadable};

/// So many values are enough to see where a branch comes from; of the older ones the best stays.
const MOST: usize = 100;
/// So many times GitHub is asked for commits further back, until it is known where they join.
const MOST_WALKS: usize = 10;

impl Sources {
    /// Adds the history of the base up to this commit, where a rule asks for it.
    pub(super) async fn with_history(
        &self,
        evidence: Evidence,
        policy: &Policy,
        commit: &CommitSha,
    ) -> Result<Evidence, GatherError> {
        if !policy.needs().history {
            return Ok(evidence);
        }
        self.know_parents(commit).await?;
        let measures = policy.measures();
        for head in self.store.unmeasured(self.id, commit, &measures).await? {
            let kept = self.store.first_baseline(self.id, std::slice::from_ref(&head)).await?;
            let Some((_, kept)) = kept else { continue };
            let reports: BTreeMap<String, Piece<Report>> =
                serde_json::from_str(&kept).map_err(|error| unreadable("a baseline", &error))?;
            let values = rule::measured(policy, &reports);
            let row = |measure: &String| {
                let value = serde_json::to_string(&values.get(measure));
                Ok((measure.clone(), value.map_err(|error| unreadable("a value", &error))?))
            };
            let rows: Vec<_> = measures.iter().map(row).collect::<Result<_, GatherError>>()?;
            self.store.keep_measured(self.id, &head, &rows).await?;
        }
        let mut history: Vec<Past> = Vec::new();
        for (commit, measure, value) in self.store.measured(self.id, commit, &measures).await? {
            let value: Option<Quantity> =
                serde_json::from_str(&value).map_err(|error| unreadable("a value", &error))?;
            let Some(value) = value else { continue };
            let is_same = history.last().is_some_and(|last| last.commit == commit.as_str());
            if !is_same {
                let commit = commit.as_str().to_owned();
                history.push(Past { commit, values: BTreeMap::new() });
            }
            if let Some(last) = history.last_mut() {
                last.values.insert(measure, value);
            }
        }
        let history = rule::shortened(policy, History::new(history), MOST);
        Ok(evidence.with_history(Piece::Present(history)))
    }

    /// Notes the first parents of a commit, up to one that was walked over before. The first time
    /// there is none, and what lies further back was never measured either.
    async fn know_parents(&self, commit: &CommitSha) -> Result<(), GatherError> {
        let mut at = commit.clone();
        let is_first = !self.store.knows_any_first_parent(self.id).await?;
        for _ in 0..MOST_WALKS {
            if self.store.knows_first_parent(self.id, std::slice::from_ref(&at)).await? {
                return Ok(());
            }
            let parents = self.ancestors(&at).await?;
            let joins = self.store.knows_first_parent(self.id, &parents).await?;
            self.store.note_first_parents(self.id, &at, &parents).await?;
            match parents.last() {
                Some(last) if !joins && !is_first && parents.len() >= MOST_BACK => {
                    at = last.clone();
                }
                Some(_) | None => return Ok(()),
            }
        }
        Ok(())
    }
}

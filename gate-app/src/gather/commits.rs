//! The commits of a pull request. Never fewer than there are: what cannot be had in full is `Broken`.

use gate_core::{
    evidence::{Commit, Piece},
    measure::Message,
};

use crate::github::{self, Snapshot};

use super::{GatherError, Sources, facts::Fact};

impl Sources {
    /// The commits that a pull request brings; asked for once for a head and its base, as long as
    /// GitHub could look at every signature and nobody asks for everything anew.
    pub(super) async fn commits(
        &self,
        snapshot: &Snapshot,
    ) -> Result<Piece<Vec<Commit>>, GatherError> {
        let broken = |why: String| Ok(Piece::Broken { why: Message::default().quote(why) });
        let base = match &snapshot.base {
            Ok(base) => &base.commit,
            Err(incomplete) => return broken(incomplete.to_string()),
        };
        let head = &snapshot.head;
        let name = format!("commits:{base}..{head}");
        let fact = Fact { name: &name, what: "the commits of a pull request" };
        if let Some(known) = self.known_unless_asked(fact).await? {
            return Ok(Piece::Present(known));
        }
        let commits = match self.repository.commits_between(base, head).await {
            Ok(commits) => commits,
            Err(error @ (github::Error::TooLarge { .. } | github::Error::NotFound { .. })) => {
                return broken(error.to_string());
            }
            Err(error) => return Err(error.into()),
        };
        let count = commits.len() as u64;
        if let Some(all) = snapshot.commits.filter(|all| count < *all) {
            return broken(format!("{count} of {all} commits came"));
        }
        if !commits.iter().any(|commit| commit.sha == head.as_str()) {
            return broken(format!("GitHub does not list {head} among its commits"));
        }
        if commits.iter().all(|commit| commit.is_verified().is_some()) {
            self.keep(fact, &commits).await?;
        }
        Ok(Piece::Present(commits))
    }
}

//! How the base branch is protected. What GitHub does not show is no protection, and no lack of it.

use gate_core::{
    evidence::{Piece, Protection, RequiredCheck},
    measure::Message,
};
use serde_json::Value;

use crate::{
    github::{Error, Fresh, read_protection},
    ids::CHECK_NAME,
    store::Tagged,
};

use super::{GatherError, Sources, facts::unreadable};

impl Sources {
    /// The protection of a branch as it is now. Both answers are kept with their tags: while they
    /// are the same, asking costs nothing of the quota.
    pub(super) async fn protection(&self, branch: &str) -> Result<Piece<Protection>, GatherError> {
        let rules = self
            .told(&format!("rules:{}:{branch}", self.id), async |known| {
                self.repository.branch_rules(branch, known).await
            })
            .await?;
        let rules = match rules {
            Ok(rules) => rules,
            Err(
                error @ (Error::NotFound { .. }
                | Error::Forbidden { .. }
                | Error::Refused { .. }
                | Error::TooLarge { .. }),
            ) => return Ok(Piece::Broken { why: Message::default().quote(error.to_string()) }),
            Err(error) => return Err(error.into()),
        };
        let classic = self
            .told(&format!("protection:{}:{branch}", self.id), async |known| {
                self.repository.branch_protection(branch, known).await
            })
            .await?;
        let mut protection = read_protection(&rules, classic)?;
        let gate = RequiredCheck { name: CHECK_NAME.to_owned(), app: Some(self.app.0) };
        protection.gate = Some(gate);
        Ok(Piece::Present(protection))
    }

    /// An answer, asked for by the tag under which it is kept.
    async fn told(
        &self,
        address: &str,
        ask: impl AsyncFnOnce(Option<&str>) -> Result<Fresh<Value>, Error>,
    ) -> Result<Result<Value, Error>, GatherError> {
        let installation = self.installation.id();
        let known = self.store.answer(installation, address).await?;
        let told = match ask(known.as_ref().map(|known| known.tag.as_str())).await {
            Ok(told) => told,
            Err(error) => return Ok(Err(error)),
        };
        let what = "an answer of GitHub";
        Ok(Ok(match (told, known) {
            (Fresh::New { tag, value: answer }, _) => {
                if let Some(tag) = tag {
                    let text = serde_json::to_string(&answer);
                    let text = text.map_err(|error| unreadable(what, &error))?;
                    let tagged = Tagged { tag, answer: text };
                    self.store.keep_answer(installation, address, &tagged, self.now).await?;
                }
                answer
            }
            (Fresh::Unchanged, Some(known)) => {
                serde_json::from_str(&known.answer).map_err(|error| unreadable(what, &error))?
            }
            (Fresh::Unchanged, None) => Value::Null,
        }))
    }
}

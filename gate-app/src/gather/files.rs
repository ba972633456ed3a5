//! The files of a commit, which its reports are about.

use gate_core::{measure::Message, report::Layout};

use crate::{github, ids::CommitSha};

use super::{GatherError, Sources, facts::Fact};

/// Where the files of a commit lie, or why nobody knows.
pub(super) type Files = Result<Layout, Message>;

impl Sources {
    /// The files of a commit; asked for once.
    pub(super) async fn files_of(&self, commit: &CommitSha) -> Result<Files, GatherError> {
        let name = format!("files:{commit}");
        let fact = Fact { name: &name, what: "the files of a commit" };
        let known: Option<Option<Vec<String>>> = match self.known(fact).await? {
            // A list is the commit's for ever; that there was none is looked at again when asked.
            Some(None) => self.known_unless_asked(fact).await?,
            known => known,
        };
        let files = match known {
            Some(files) => files,
            None => {
                let files = match self.repository.tree(commit).await {
                    Ok(tree) => tree.map(|tree| tree.into_keys().collect()),
                    Err(github::Error::TooLarge { .. } | github::Error::NotFound { .. }) => None,
                    Err(error) => return Err(error.into()),
                };
                self.keep(fact, &files).await?;
                files
            }
        };
        Ok(match files {
            Some(files) => Ok(Layout::unknown().with_files(files)),
            None => Err(Message::new(format_args!(
                "GitHub does not list all files of {commit}, so that the report's cannot be compared \
                 with them"
            ))),
        })
    }
}

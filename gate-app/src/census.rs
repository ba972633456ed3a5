//! Floor 3: which pull requests are open. Webhooks tell, but not those that GitHub never sent, nor
//! those of the time before the App was installed; so GitHub is asked, seldom.

use jiff::Timestamp;

use crate::{
    github::{self, GitHub, Installed, InstalledRepository},
    ids::{RepositoryId, Subject, SubjectKey},
    store::{Mark, Store, StoreError},
};

/// Why a census was not finished.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CensusError {
    /// GitHub did not answer as it should.
    #[error(transparent)]
    GitHub(#[from] github::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Marks every open pull request that is not known, or known with another head. How many.
pub(crate) async fn census(
    store: &Store,
    github: &GitHub,
    now: Timestamp,
) -> Result<u64, CensusError> {
    let mut marked = 0;
    for installed in github.installations().await?.iter().filter(|one| !one.suspended) {
        match of_installation(store, github, installed, now).await {
            Ok(more) => marked += more,
            Err(CensusError::Store(error)) => return Err(error.into()),
            // One account that GitHub does not show must not hide the others.
            Err(error) => {
                let account = installed.account.as_deref().unwrap_or("?");
                tracing::warn!(account, %error, "its open pull requests could not be listed");
            }
        }
    }
    Ok(marked)
}

async fn of_installation(
    store: &Store,
    github: &GitHub,
    installed: &Installed,
    now: Timestamp,
) -> Result<u64, CensusError> {
    let mut marked = 0;
    let repositories = github.installation(installed.id).repositories().await?;
    for repository in repositories.iter().filter(|one| !one.archived) {
        // What is left of the quota is for verdicts.
        if !github.may_gather(installed.id) {
            tracing::info!("the census stops here until there is quota again");
            break;
        }
        let InstalledRepository { id, name, .. } = repository;
        store.note_repository(*id, name, Some(installed.id), now).await?;
        let here = github.repository(installed.id, *id, name.clone());
        let marks = unknown(store, *id, here.open_pull_requests(None).await?).await?;
        marked += store.mark(*id, &marks, now).await?;
    }
    Ok(marked)
}

/// The marks of those that the store does not know as they are.
async fn unknown(
    store: &Store,
    repository: RepositoryId,
    open: Vec<github::OpenPullRequest>,
) -> Result<Vec<Mark>, StoreError> {
    let mut marks = Vec::new();
    for pull in open {
        let key = SubjectKey::PullRequest(pull.number);
        let known = store.head(&Subject { repository, key }).await?;
        if known.is_none_or(|it| !it.is_open || it.commit.as_ref() != Some(&pull.head)) {
            let (number, head, base) = (pull.number, pull.head, pull.base_ref);
            marks.push(Mark::PullRequestHead { number, head, base, open: true });
        }
    }
    Ok(marks)
}

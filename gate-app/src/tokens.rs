//! Floor 2: `gate-app token`: makes, lists and revokes the tokens by which CI other than Actions
//! uploads reports. A token is shown once; the store knows its digest only.

use std::fmt::Write as _;

use gate_core::measure::Digest;
use jiff::Timestamp;

use crate::{
    ids::RepositoryName,
    store::{Store, StoreError},
    upload::{TOKEN_PREFIX, short},
};

/// What is to be done with tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Make one for this repository.
    Add(RepositoryName),
    /// Show what is known of those of this repository.
    List(RepositoryName),
    /// Take back the one that begins so, or all where none is named.
    Revoke(RepositoryName, Option<String>),
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The App has heard nothing of it.
    #[error("the App has not heard of {0}: install it there first, or look for a slip")]
    NoRepository(RepositoryName),
    /// No token begins so.
    #[error("{0} has no token {1:?}; `gate-app token list {0}` shows what it has")]
    NoToken(RepositoryName, String),
    /// Several do.
    #[error("{0} has several tokens that begin with {1:?}; write more of it")]
    SeveralTokens(RepositoryName, String),
    /// The operating system gives no randomness.
    #[error("no token can be made: {0}")]
    Random(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Command {
    /// Does it; what there is to be told.
    ///
    /// # Errors
    /// When the repository or the token is not known, or the store fails.
    pub async fn run(&self, store: &Store, now: Timestamp) -> Result<String, TokenError> {
        let (Self::Add(name) | Self::List(name) | Self::Revoke(name, _)) = self;
        let known = store.repository_named(name).await?;
        let Some(known) = known else { return Err(TokenError::NoRepository(name.clone())) };
        match self {
            Self::Add(_) => {
                let token = random()?;
                store.keep_upload_token(known.id, &Digest::of(token.as_bytes()), now).await?;
                Ok(token)
            }
            Self::List(_) => {
                let mut list = String::new();
                for token in store.upload_tokens(known.id).await? {
                    let used = token.used.map_or("never".to_owned(), day);
                    // Writing to a `String` cannot fail.
                    let id = short(&token.digest);
                    let made = day(token.made);
                    let _ = writeln!(list, "{id}  made {made}  last used {used}");
                }
                if list.is_empty() {
                    list = format!("{} has no tokens\n", known.name);
                }
                Ok(list.trim_end().to_owned())
            }
            Self::Revoke(_, None) => {
                let revoked = store.revoke_upload_tokens(known.id).await?;
                Ok(format!("revoked {revoked}"))
            }
            Self::Revoke(_, Some(id)) => {
                let wanted = id.to_ascii_lowercase();
                let mut tokens = store.upload_tokens(known.id).await?;
                tokens.retain(|token| short(&token.digest).starts_with(&wanted));
                let one = match tokens.as_slice() {
                    [one] if !wanted.is_empty() => one,
                    [] => return Err(TokenError::NoToken(known.name, id.clone())),
                    _ => return Err(TokenError::SeveralTokens(known.name, id.clone())),
                };
                store.revoke_upload_token(known.id, &one.digest).await?;
                Ok(format!("revoked {}", short(&one.digest)))
            }
        }
    }
}

fn random() -> Result<String, TokenError> {
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).map_err(|error| TokenError::Random(error.to_string()))?;
    Ok(random.iter().fold(TOKEN_PREFIX.to_owned(), |mut token, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(token, "{byte:02x}");
        token
    }))
}

/// The day of a time, as far as it matters here.
fn day(time: Timestamp) -> String {
    time.to_string().split('T').next().unwrap_or_default().to_owned()
}

//! What is asked for once and then known: kept in the store as JSON, under a name.

use serde::{Serialize, de::DeserializeOwned};

use super::{GatherError, Sources};

/// What is kept, and how it is called where it cannot be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fact<'a> {
    pub(super) name: &'a str,
    pub(super) what: &'static str,
}

impl Sources {
    /// What is known of it, if it was kept.
    pub(super) async fn known<T: DeserializeOwned>(
        &self,
        Fact { name, what }: Fact<'_>,
    ) -> Result<Option<T>, GatherError> {
        read(self.store.fact(self.id, name).await?, what)
    }

    /// The same, but for what was kept before somebody asked for everything anew.
    pub(super) async fn known_unless_asked<T: DeserializeOwned>(
        &self,
        Fact { name, what }: Fact<'_>,
    ) -> Result<Option<T>, GatherError> {
        let kept = match self.asked {
            Some(asked) => self.store.fact_since(self.id, name, asked).await?,
            None => self.store.fact(self.id, name).await?,
        };
        read(kept, what)
    }

    /// Keeps it; of two of one name the later.
    pub(super) async fn keep<T: Serialize + Sync>(
        &self,
        Fact { name, what }: Fact<'_>,
        fact: &T,
    ) -> Result<(), GatherError> {
        let fact = serde_json::to_string(fact).map_err(|error| unreadable(what, &error))?;
        Ok(self.store.keep_fact(self.id, name, &fact, self.now).await?)
    }
}

/// What was kept, as what it is.
pub(super) fn read<T: DeserializeOwned>(
    kept: Option<String>,
    what: &'static str,
) -> Result<Option<T>, GatherError> {
    let read = |kept: String| serde_json::from_str(&kept).map_err(|error| unreadable(what, &error));
    kept.map(read).transpose()
}

pub(super) fn unreadable(what: &'static str, error: &serde_json::Error) -> GatherError {
    GatherError::Kept { what, why: error.to_string() }
}

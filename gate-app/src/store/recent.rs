//! Reports that were read a moment ago. A review or a label that changes judges the same reports once
//! more, and a database takes longer to give a report than gate-core takes to read it. They are kept
//! by digest, so one that is here is right; and they are few, so that memory stays small.

use std::{fmt, sync::Arc, time::Duration};

use gate_core::measure::Digest;
use moka::future::Cache;

/// Bytes of all that is kept.
const MOST: u64 = 16 << 20;
/// One that is larger is read each time, and leaves the room to many.
const LARGEST: usize = 1 << 20;
/// What nobody asked for in this time goes.
const IDLE: Duration = Duration::from_secs(300);

/// The reports of a moment ago.
#[derive(Clone)]
pub(super) struct Recent(Cache<String, Arc<[u8]>>);

impl Recent {
    pub(super) fn new() -> Self {
        let weight = |_: &String, bytes: &Arc<[u8]>| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(MOST).weigher(weight).time_to_idle(IDLE).build())
    }

    pub(super) async fn get(&self, digest: &Digest) -> Option<Vec<u8>> {
        self.0.get(digest.as_str()).await.map(|bytes| bytes.to_vec())
    }

    pub(super) async fn keep(&self, digest: &Digest, bytes: &[u8]) {
        if bytes.len() <= LARGEST {
            self.0.insert(digest.as_str().to_owned(), bytes.into()).await;
        }
    }

    /// What is no longer kept is no longer given.
    pub(super) fn forget(&self) {
        self.0.invalidate_all();
    }
}

impl fmt::Debug for Recent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recent")
    }
}

//! What a reader accepts at the most. The writer of a report may be the attacker.

/// Bounds on one report. Every reader works within them, in memory proportional to what it has
/// read, and refuses what goes beyond with an error that names the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The report's size in bytes.
    pub bytes: u64,
    /// How deep elements or values nest.
    pub depth: usize,
    /// The length of one tag or text in bytes.
    pub token: usize,
    /// The attributes of one element.
    pub attributes: usize,
    /// The files or tests that it names.
    pub files: usize,
    /// Threads that may work on one report. The result does not depend on it.
    pub threads: usize,
}

impl Default for Limits {
    /// One gibibyte, 64 levels deep, tags of at most one mebibyte with at most 64 attributes, a
    /// million files, one thread.
    fn default() -> Self {
        Self {
            bytes: 1 << 30,
            depth: 64,
            token: 1 << 20,
            attributes: 64,
            files: 1_000_000,
            threads: 1,
        }
    }
}

impl Limits {
    /// The same, with at most this many bytes.
    #[must_use]
    pub const fn with_bytes(mut self, bytes: u64) -> Self {
        self.bytes = bytes;
        self
    }

    /// The same, with this many threads.
    #[must_use]
    pub const fn with_threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }
}

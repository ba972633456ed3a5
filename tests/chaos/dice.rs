//! Chance with a seed: a run that failed is made again by the seed that it printed.

use std::env;

/// SplitMix64.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The seed of `GATE_CHAOS_SEED`, or this one; printed either way.
    pub(crate) fn new(test: &str, seed: u64) -> Self {
        let seed = env::var("GATE_CHAOS_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or(seed);
        crate::tell(&format!("{test}: GATE_CHAOS_SEED={seed}"));
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        it ^ (it >> 31)
    }

    /// From 0 to `below - 1`.
    pub(crate) fn below(&mut self, below: usize) -> usize {
        usize::try_from(self.next() % below as u64).expect("smaller than a usize")
    }

    /// Once in so many.
    pub(crate) fn once_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub(crate) fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

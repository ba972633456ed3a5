//! Runs of one test that are listed as test cases of their own.
//!
//! pytest-rerunfailures lists every try that failed as a bare case, as if it had passed, before the
//! case that counts, and leaves the tries out of its totals. By these they are told from tests that
//! share a name, of which each counts.

use std::collections::BTreeMap;

use super::suite::Suite;
use crate::evidence::{Cases, Test};

/// Takes the tries out of the cases of a suite, where its total says that they are none.
pub(super) fn collapse(suite: &mut Suite, cases: &mut Vec<Test>) {
    let beyond = suite.listed_beyond_total();
    let Some(own) = cases.get(suite.first..).filter(|_| beyond > 0) else { return };
    let mut by_name: BTreeMap<&str, Tries> = BTreeMap::new();
    for case in own {
        let tries = by_name.entry(&case.name).or_default();
        tries.passed += u64::from(case.cases.passed > 0);
        tries.others += u64::from(case.cases.passed == 0);
    }
    if by_name.values().map(Tries::surplus).sum::<u64>() != beyond {
        return;
    }
    let repeated = by_name.into_iter().filter(|(_, tries)| tries.surplus() > 0);
    let mut repeated: BTreeMap<String, Tries> =
        repeated.map(|(name, tries)| (name.to_owned(), tries)).collect();
    let flaky = repeated.values().filter(|tries| tries.others == 0).count() as u64;
    suite.take_tries(beyond, flaky);
    let mut kept = cases.split_off(suite.first);
    kept.retain_mut(|case| match repeated.get_mut(&case.name) {
        Some(tries) if case.cases.passed > 0 && tries.surplus() > 0 => {
            tries.passed -= 1;
            false
        }
        Some(tries) if tries.others == 0 => {
            case.cases = Cases { flaky: 1, ..case.cases };
            true
        }
        Some(_) | None => true,
    });
    cases.append(&mut kept);
}

/// The cases of one name.
#[derive(Default)]
struct Tries {
    passed: u64,
    others: u64,
}

impl Tries {
    /// How many of those that passed are beside the one that counts: the last that passed, or what
    /// did not.
    fn surplus(&self) -> u64 {
        if self.others > 0 { self.passed } else { self.passed.saturating_sub(1) }
    }
}

//! Tests: by part and name. Each part keeps its tests: what passes in one surrounding may fail in
//! another.

use std::collections::BTreeMap;

use crate::evidence::{Cases, Test, Tests, Unlisted};

impl Tests {
    /// Both as one. Two statements about one test of one part are one, with the higher counts.
    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        let mut tests: BTreeMap<(Option<String>, String), Test> = BTreeMap::new();
        for test in self.tests.into_iter().chain(other.tests) {
            let key = (test.part.clone(), test.name.clone());
            match tests.remove(&key) {
                None => tests.insert(key, test),
                Some(mut known) => {
                    known.join(test, Cases::highest);
                    tests.insert(key, known)
                }
            };
        }
        let mut unlisted: BTreeMap<(Option<String>, String), Unlisted> = BTreeMap::new();
        for entry in self.unlisted.into_iter().chain(other.unlisted) {
            let known = unlisted
                .entry((entry.part.clone(), entry.suite.clone()))
                .or_insert_with(|| Unlisted { failures: 0, errors: 0, ..entry.clone() });
            known.failures = known.failures.max(entry.failures);
            known.errors = known.errors.max(entry.errors);
        }
        Self { tests: tests.into_values().collect(), unlisted: unlisted.into_values().collect() }
    }

    /// Says of every test that it was run in this part.
    pub(super) fn name_part(&mut self, part: &str) {
        for test in &mut self.tests {
            test.part = Some(part.to_owned());
        }
        for entry in &mut self.unlisted {
            entry.part = Some(part.to_owned());
        }
    }
}

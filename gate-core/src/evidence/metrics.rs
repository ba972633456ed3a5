//! Numbers that something measured, each under its place in the report.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::measure::Decimal;

/// What a report of metrics says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Metrics {
    /// The numbers by their JSON pointers (RFC 6901), for example `/startup/p99`.
    pub numbers: BTreeMap<String, Decimal>,
}

impl Metrics {
    /// These numbers.
    #[must_use]
    pub const fn new(numbers: BTreeMap<String, Decimal>) -> Self {
        Self { numbers }
    }

    /// Both as one. Parts have pointers of their own; of two statements about one number the lower
    /// stays, so that the order says nothing.
    #[must_use]
    pub fn merged(mut self, other: Self) -> Self {
        for (pointer, number) in other.numbers {
            self.numbers
                .entry(pointer)
                .and_modify(|known| *known = number.min(*known))
                .or_insert(number);
        }
        self
    }

    /// The numbers of the part of this name, below its name.
    pub(super) fn name_part(&mut self, part: &str) {
        let part = pointer_token(part);
        let numbers = std::mem::take(&mut self.numbers).into_iter();
        self.numbers =
            numbers.map(|(pointer, number)| (format!("/{part}{pointer}"), number)).collect();
    }
}

/// A key as it stands in a JSON pointer.
#[must_use]
pub fn pointer_token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

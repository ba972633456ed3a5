//! Figures for people: medians, ratios and tables.

#![expect(clippy::float_arithmetic, reason = "figures for people; nothing is decided by them")]

use std::{
    io::{self, Write as _},
    time::Duration,
};

/// The middle one, the smallest and the largest.
pub(crate) fn spread(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    (at(values.len() / 2), at(0), at(values.len().saturating_sub(1)))
}

/// The middle one, with its range where there is one: `3.20 (3.1–3.4)`.
pub(crate) fn shown(values: Vec<f64>, digits: usize) -> String {
    let several = values.len() > 1;
    let (middle, least, most) = spread(values);
    if several {
        format!("{middle:.digits$} ({least:.digits$}–{most:.digits$})")
    } else {
        format!("{middle:.digits$}")
    }
}

/// The value below which so many of a hundred lie.
pub(crate) fn percentile(mut times: Vec<Duration>, of_hundred: usize) -> Duration {
    times.sort_unstable();
    let index = (times.len() * of_hundred).div_ceil(100).saturating_sub(1);
    times.get(index).copied().unwrap_or_default()
}

/// How many in a second.
pub(crate) fn per_second(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// Milliseconds for each of so many.
pub(crate) fn millis_each(time: Duration, count: usize) -> f64 {
    time.as_secs_f64() * 1e3 / count as f64
}

/// How many of what takes so many milliseconds are done in a second.
pub(crate) fn in_a_second(millis: f64) -> f64 {
    1e3 / millis
}

/// The ratios of pairs that were measured one after the other.
pub(crate) fn ratios(values: &[f64], references: &[f64]) -> Vec<f64> {
    values.iter().zip(references).map(|(value, reference)| value / reference).collect()
}

/// How busy something was: 1.0 is one core all the time.
pub(crate) fn cores(cpu: Duration, wall: Duration) -> f64 {
    cpu.as_secs_f64() / wall.as_secs_f64()
}

/// MiB of KiB.
pub(crate) fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

/// A table in Markdown.
pub(crate) struct Table(Vec<Vec<String>>);

impl Table {
    pub(crate) fn new(heads: &[&str]) -> Self {
        let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
        let rule = heads.iter().map(|_| "---".to_owned()).collect();
        Self(vec![heads, rule])
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.0.push(cells.into_iter().collect());
    }

    pub(crate) fn print(&self, title: &str) {
        say(&format!("\n## {title}\n"));
        for row in &self.0 {
            say(&format!("| {} |", row.join(" | ")));
        }
    }
}

/// A line on the terminal.
pub(crate) fn say(line: &str) {
    // Whoever closed stdout does not want to know.
    drop(writeln!(io::stdout(), "{line}"));
}

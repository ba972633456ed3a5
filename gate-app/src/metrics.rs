//! Floor 0: what the App counts, for Prometheus. Labels come from closed lists or from us, so that
//! nobody outside can make them grow without end.

use std::{fmt, time::Duration};

use gate_core::measure::Outcome;
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use std::sync::atomic::AtomicU64;

/// The names and meanings of all metrics; `docs/app.md` shows this table, and a test compares them.
pub const TABLE: &[(&str, &str)] = &[
    ("gate_events_total", "webhooks by event, action and answer"),
    ("gate_evaluations_total", "verdicts by outcome"),
    ("gate_publishes_total", "writes to GitHub by what was written"),
    ("gate_event_to_publish_seconds", "from the receipt of an event to the published verdict"),
    ("gate_uploads_total", "reports by the upload door, by sender and answer"),
    ("gate_github_calls_total", "requests to GitHub by route and status"),
    ("gate_github_quota_left", "requests that GitHub still allows, by resource"),
    ("gate_queue_age_seconds", "how long the oldest waiting subject has waited"),
    ("gate_parked", "subjects that could not be judged and wait for another attempt"),
];

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Stored.
    Stored,
    /// It was stored before.
    Known,
    /// It means nothing to us.
    Ignored,
    /// Nobody can say that GitHub sent it.
    Unsigned,
    /// It could not be read.
    Unreadable,
    /// It was too large.
    TooLarge,
    /// It could not be stored.
    Failed,
}

impl Answer {
    /// The label's value.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Known => "known",
            Self::Ignored => "ignored",
            Self::Unsigned => "unsigned",
            Self::Unreadable => "unreadable",
            Self::TooLarge => "too-large",
            Self::Failed => "failed",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EventLabels {
    event: &'static str,
    action: &'static str,
    answer: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WhatLabel {
    what: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct UploadLabels {
    sender: &'static str,
    answer: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    route: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResourceLabel {
    resource: &'static str,
}

/// The counters of one process.
pub struct Metrics {
    registry: Registry,
    events: Family<EventLabels, Counter>,
    evaluations: Family<OutcomeLabel, Counter>,
    publishes: Family<WhatLabel, Counter>,
    event_to_publish: Histogram,
    uploads: Family<UploadLabels, Counter>,
    calls: Family<CallLabels, Counter>,
    quota: Family<ResourceLabel, Gauge>,
    queue_age: Gauge<f64, AtomicU64>,
    parked: Gauge,
}

impl Metrics {
    /// All at zero.
    #[must_use]
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("gate");
        let events = Family::default();
        let evaluations = Family::default();
        let publishes = Family::default();
        // From "at once" to "the quota was gone for an hour".
        let event_to_publish = Histogram::new([
            0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0,
        ]);
        let uploads = Family::default();
        let calls = Family::default();
        let quota = Family::default();
        let queue_age = Gauge::default();
        registry.register("events", help("gate_events_total"), Family::clone(&events));
        registry.register(
            "evaluations",
            help("gate_evaluations_total"),
            Family::clone(&evaluations),
        );
        registry.register("publishes", help("gate_publishes_total"), Family::clone(&publishes));
        registry.register(
            "event_to_publish_seconds",
            help("gate_event_to_publish_seconds"),
            event_to_publish.clone(),
        );
        registry.register("uploads", help("gate_uploads_total"), Family::clone(&uploads));
        registry.register("github_calls", help("gate_github_calls_total"), Family::clone(&calls));
        registry.register(
            "github_quota_left",
            help("gate_github_quota_left"),
            Family::clone(&quota),
        );
        registry.register(
            "queue_age_seconds",
            help("gate_queue_age_seconds"),
            Gauge::clone(&queue_age),
        );
        let parked = Gauge::default();
        registry.register("parked", help("gate_parked"), Gauge::clone(&parked));
        Self {
            registry,
            events,
            evaluations,
            publishes,
            event_to_publish,
            uploads,
            calls,
            quota,
            queue_age,
            parked,
        }
    }

    /// A webhook was answered. `event` and `action` are names that we know.
    pub fn event(&self, event: &'static str, action: &'static str, answer: Answer) {
        let labels = EventLabels { event, action, answer: answer.word() };
        self.events.get_or_create(&labels).inc();
    }

    /// A verdict was reached.
    pub fn evaluated(&self, outcome: Outcome) {
        self.evaluations.get_or_create(&OutcomeLabel { outcome: outcome.word() }).inc();
    }

    /// Something was written to GitHub, for example `check-run` or `comment`.
    pub fn published(&self, what: &'static str) {
        self.publishes.get_or_create(&WhatLabel { what }).inc();
    }

    /// A verdict was published so long after the event that asked for it.
    pub fn event_to_publish(&self, took: Duration) {
        self.event_to_publish.observe(took.as_secs_f64());
    }

    /// A report came by the upload door. `sender` is `run`, `token` or `nobody`.
    pub fn upload(&self, sender: &'static str, answer: &'static str) {
        self.uploads.get_or_create(&UploadLabels { sender, answer }).inc();
    }

    /// GitHub answered. `route` is a template, such as `GET /repos/{owner}/{repo}/pulls`; a status
    /// of 0 stands for no answer at all.
    pub fn github_call(&self, route: &'static str, status: u16) {
        self.calls.get_or_create(&CallLabels { route, status }).inc();
    }

    /// GitHub still allows so many requests of a resource, such as `core` or `graphql`.
    pub fn quota_left(&self, resource: &'static str, left: u32) {
        self.quota.get_or_create(&ResourceLabel { resource }).set(i64::from(left));
    }

    /// The oldest waiting subject has waited so long; zero when none waits.
    pub fn queue_age(&self, age: Duration) {
        self.queue_age.set(age.as_secs_f64());
    }

    /// So many subjects are parked.
    pub fn parked(&self, count: u64) {
        self.parked.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// Everything in the OpenMetrics text format.
    ///
    /// # Errors
    /// When a metric cannot be written, which none of ours is known to.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

/// The meaning of a metric. The library ends it with a full stop.
fn help(name: &str) -> &'static str {
    TABLE.iter().find(|(known, _)| *known == name).map_or("", |(_, what)| what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_written_with_its_meaning() {
        let metrics = Metrics::new();
        metrics.event("pull_request", "opened", Answer::Stored);
        metrics.event("pull_request", "opened", Answer::Stored);
        metrics.evaluated(Outcome::Failed);
        metrics.published("check-run");
        metrics.event_to_publish(Duration::from_millis(700));
        metrics.upload("run", "stored");
        metrics.github_call("POST /graphql", 200);
        metrics.quota_left("graphql", 4_987);
        metrics.queue_age(Duration::from_millis(1500));
        metrics.parked(3);
        let text = metrics.text().unwrap();
        for line in [
            r#"gate_events_total{event="pull_request",action="opened",answer="stored"} 2"#,
            r#"gate_evaluations_total{outcome="failed"} 1"#,
            r#"gate_publishes_total{what="check-run"} 1"#,
            r#"gate_event_to_publish_seconds_bucket{le="0.5"} 0"#,
            r#"gate_event_to_publish_seconds_bucket{le="1.0"} 1"#,
            r#"gate_uploads_total{sender="run",answer="stored"} 1"#,
            r#"gate_github_calls_total{route="POST /graphql",status="200"} 1"#,
            r#"gate_github_quota_left{resource="graphql"} 4987"#,
            "gate_queue_age_seconds 1.5",
            "gate_parked 3",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        for (name, what) in TABLE {
            let help = format!("# HELP {} {what}.", name.trim_end_matches("_total"));
            assert!(text.lines().any(|line| line == help), "{help}\n{text}");
        }
        let helps = text.lines().filter(|line| line.starts_with("# HELP")).count();
        assert_eq!(helps, TABLE.len());
    }
}

//! Floor 6: the record of a verdict, which replays to the same bytes anywhere.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Verdict, evaluate,
    evidence::Evidence,
    measure::Digest,
    policy::{Policy, PolicyError},
    render,
};

/// The version of the record's form that this crate writes and reads.
pub const RECORD_V1: &str = "gate/record/v1";

/// Everything a verdict came from, and the verdict: policy text, evidence, time, and the version of
/// this crate.
///
/// A digest over all of it shows when a record was changed after it was written. It is no
/// signature: who can rewrite the whole record can rewrite the digest. What cannot be forged is the
/// conclusion, because [`Record::replay`] reaches it anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    record: String,
    engine: String,
    now: Timestamp,
    policy_name: String,
    policy: String,
    /// The text of the policy that it extends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extended: Option<String>,
    evidence: Evidence,
    verdict: Value,
    digest: Digest,
}

/// Why a record was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// It is no JSON of this form.
    #[error("not a gate record: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It is of a version that this crate does not know.
    #[error("a record of the form {0:?} is not known; this gate reads {RECORD_V1:?}")]
    UnknownVersion(String),
    /// Its digest is not the one of its content.
    #[error(
        "the record was changed after it was written: its digest is {stated}, its content has {actual}"
    )]
    Changed {
        /// The digest it states.
        stated: Digest,
        /// The digest of its content.
        actual: Digest,
    },
    /// Its policy cannot be used.
    #[error("the record's policy cannot be used: {0}")]
    Policy(#[from] PolicyError),
    /// Replaying it gives another verdict.
    #[error(
        "replaying gives another verdict than the record states (it was written by {engine:?}, this is {here:?})"
    )]
    Differs {
        /// Who wrote it.
        engine: String,
        /// Who replayed it.
        here: String,
    },
}

/// The version of this crate, as records name it.
fn engine() -> String {
    format!("gate-core {}", env!("CARGO_PKG_VERSION"))
}

impl Record {
    /// Judges, and records what the verdict came from. `policy_name` is how people know the policy,
    /// for example `.github/gate.yml`.
    ///
    /// # Errors
    /// When something of it cannot be written as JSON, which no evidence that a reader made does.
    pub fn of(
        policy_name: &str,
        policy: &Policy,
        evidence: Evidence,
        now: Timestamp,
    ) -> Result<(Self, Verdict), RecordError> {
        let verdict = evaluate(policy, &evidence, now);
        let mut record = Self {
            record: RECORD_V1.to_owned(),
            engine: engine(),
            now,
            policy_name: policy_name.to_owned(),
            policy: policy.text().to_owned(),
            extended: policy.extended().map(|extended| extended.text.clone()),
            evidence,
            verdict: serde_json::to_value(render::json::verdict(&verdict))?,
            digest: Digest::of(&[]),
        };
        record.digest = record.actual_digest()?;
        Ok((record, verdict))
    }

    /// The record as JSON, ended by a line break.
    ///
    /// # Errors
    /// When something of it cannot be written as JSON.
    pub fn to_json(&self) -> Result<String, RecordError> {
        Ok(serde_json::to_string(self)? + "\n")
    }

    /// Reads a record.
    ///
    /// # Errors
    /// When it is no record, of an unknown version, or was changed after it was written.
    pub fn parse(json: &str) -> Result<Self, RecordError> {
        #[derive(Deserialize)]
        struct Version {
            record: String,
        }
        let Version { record } = serde_json::from_str(json)?;
        if record != RECORD_V1 {
            return Err(RecordError::UnknownVersion(record));
        }
        let record: Self = serde_json::from_str(json)?;
        let actual = record.actual_digest()?;
        if actual != record.digest {
            return Err(RecordError::Changed { stated: record.digest, actual });
        }
        Ok(record)
    }

    /// Reaches the verdict anew and compares it with the one that the record states.
    ///
    /// # Errors
    /// When the policy cannot be used, or the verdicts differ.
    pub fn replay(&self) -> Result<Verdict, RecordError> {
        let policy = Policy::parse_extending(&self.policy, self.extended.as_deref())?;
        let verdict = evaluate(&policy, &self.evidence, self.now);
        if serde_json::to_value(render::json::verdict(&verdict))? != self.verdict {
            return Err(RecordError::Differs { engine: self.engine.clone(), here: engine() });
        }
        Ok(verdict)
    }

    /// How the evidence comes out by another policy, at the time of the record.
    #[must_use]
    pub fn judge(&self, policy: &Policy) -> Verdict {
        evaluate(policy, &self.evidence, self.now)
    }

    /// The names of the reports that it holds, whatever their state.
    pub fn reports(&self) -> impl Iterator<Item = &str> {
        self.evidence.reports.keys().map(String::as_str)
    }

    /// How people know the policy.
    #[must_use]
    pub fn policy_name(&self) -> &str {
        &self.policy_name
    }

    /// The text of the policy.
    #[must_use]
    pub fn policy_text(&self) -> &str {
        &self.policy
    }

    /// The text of the policy that it extends, where it extends one.
    #[must_use]
    pub fn extended_text(&self) -> Option<&str> {
        self.extended.as_deref()
    }

    /// What the verdict came from, beside the policy.
    #[must_use]
    pub const fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// The digest over everything else.
    #[must_use]
    pub const fn digest(&self) -> &Digest {
        &self.digest
    }

    fn actual_digest(&self) -> Result<Digest, RecordError> {
        let unsigned = Self { digest: Digest::of(&[]), ..self.clone() };
        Ok(Digest::of(&serde_json::to_vec(&unsigned)?))
    }
}

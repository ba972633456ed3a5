//! Records: what parses replays or says why not; and whatever evidence and policy stand in one, a
//! record made of them anew replays to its verdict.

use gate_core::{Record, evidence::Evidence, policy::Policy, render};
use jiff::Timestamp;
use serde_json::Value;

use super::{evidence, verdict};

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(record) = Record::parse(text) {
        let again = record.to_json().expect("a record is JSON");
        assert_eq!(Record::parse(&again).expect("a record reads back"), record);
        if let Ok(verdict) = record.replay() {
            verdict::holds(&verdict);
        }
    }
    // A fuzzer does not find the digest, so it is made here.
    let Ok(value) = serde_json::from_str::<Value>(text) else { return };
    let Ok(known) = serde_json::from_value::<Evidence>(value["evidence"].clone()) else { return };
    evidence::is_kept(&known);
    let Some(Ok(policy)) = value["policy"].as_str().map(Policy::parse) else { return };
    let now = serde_json::from_value(value["now"].clone()).unwrap_or(Timestamp::UNIX_EPOCH);
    let (record, reached) =
        Record::of("gate.yml", &policy, known, now).expect("evidence that was read is JSON");
    verdict::holds(&reached);
    let parsed = Record::parse(&record.to_json().expect("a record is JSON")).expect("it parses");
    assert_eq!(parsed, record);
    let replayed = parsed.replay().expect("it replays");
    let shown = |verdict| serde_json::to_string(&render::json::verdict(verdict)).expect("JSON");
    assert_eq!(shown(&replayed), shown(&reached), "the same bytes");
}

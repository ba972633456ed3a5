//! `gate.tests.yml`: cases that a policy is tested by. Evidence in, the expected outcome of each rule
//! out. Read as strictly as the policy itself.

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value as Json};

use super::{
    ExpectedReport, Policy, PolicyError,
    decode::{Decode, Named, Needed, Spanned, named_schema, section, word},
    problem::{Place, Problems},
    yaml::{self, Node, Value},
};
use crate::measure::Outcome;

section! {
    /// The cases of a policy.
    struct RawCases {
        /// The version of this file's form. This gate reads version 1.
        version: Needed<u64>,
        /// The policy, from the folder of this file. Default: `gate.yml`.
        policy: Option<Spanned<String>>,
        /// The time that the cases are judged at, RFC 3339.
        #[schemars(schema_with = "time_schema")]
        now: Needed<Timestamp>,
        /// The cases, under names that say what is shown.
        #[schemars(schema_with = "named_schema::<RawCase>")]
        cases: Needed<Named<RawCase>>,
    }
}

section! {
    /// One case.
    struct RawCase {
        /// The time that it is judged at, where it is another one.
        #[schemars(schema_with = "time_schema", default)]
        now: Option<Spanned<Timestamp>>,
        /// The reports, by their names in the policy. One that is not given is missing.
        #[schemars(schema_with = "named_schema::<Given>", default)]
        reports: Option<Spanned<Named<Given>>>,
        /// The reports of the base.
        #[schemars(schema_with = "named_schema::<Given>", default)]
        baseline: Option<Spanned<Named<Given>>>,
        /// The pull request, in the form of `pull-request.json`; what is left out is filled in.
        pull_request: Option<Spanned<Given>>,
        /// What it changes: a unified diff, or a list of paths.
        changes: Option<Spanned<Given>>,
        /// Records of earlier commits of the base, the oldest first.
        history: Option<Spanned<Vec<Spanned<String>>>>,
        /// What must come of it.
        expect: Needed<RawExpect>,
    }
}

section! {
    /// What must come of a case.
    struct RawExpect {
        /// The outcome of the gate.
        gate: Option<Spanned<Outcome>>,
        /// The outcomes of rules, by their names.
        #[schemars(schema_with = "named_schema::<RawExpected>", default)]
        rules: Option<Spanned<Named<RawExpected>>>,
    }
}

/// The outcome of a rule, alone or with a reason's code.
#[derive(Debug, Clone)]
pub(super) struct RawExpected {
    outcome: Outcome,
    reason: Option<Spanned<String>>,
}

section! {
    /// The outcome of a rule, and the code of one of its reasons.
    struct RawReasoned {
        /// The outcome.
        outcome: Needed<Outcome>,
        /// The code of a reason that it must give.
        reason: Option<Spanned<String>>,
    }
}

/// The cases of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyTests {
    /// The policy's path, from the folder of the file.
    pub policy: String,
    /// The cases, in the order of the file.
    pub cases: Vec<TestCase>,
}

/// One case: what is given, and what is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TestCase {
    /// Its name.
    pub name: String,
    /// Its line in the file.
    pub line: usize,
    /// When it is judged.
    pub now: Timestamp,
    /// Its reports.
    pub reports: Vec<GivenReport>,
    /// The reports of its base.
    pub baseline: Vec<GivenReport>,
    /// Its pull request.
    pub pull_request: Option<Given>,
    /// What that changes.
    pub changes: Option<Given>,
    /// The files of records of earlier commits of its base.
    pub history: Vec<String>,
    /// How the gate must come out.
    pub gate: Option<Outcome>,
    /// How rules must come out.
    pub rules: Vec<ExpectedRule>,
}

/// A report of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GivenReport {
    /// Its name in the policy; of a part `NAME:PART`.
    pub name: String,
    /// Where that name stands.
    place: Place,
    /// What it is.
    pub given: Given,
}

/// How a rule must come out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpectedRule {
    /// Its name.
    pub name: String,
    /// Where that name stands.
    place: Place,
    /// Its outcome.
    pub outcome: Outcome,
    /// The code of a reason that it must give.
    pub reason: Option<String>,
    /// Where the code stands.
    reason_place: Option<Place>,
}

/// A piece of evidence, as a case gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Given {
    /// In this file.
    File(String),
    /// This text.
    Text(String),
    /// This, as JSON.
    Json(Json),
    /// It has not come, and will not.
    Missing,
    /// It has not come yet.
    Awaited,
    /// It cannot be read.
    Broken,
}

impl PolicyTests {
    /// Reads a file of cases.
    ///
    /// # Errors
    /// With every problem of the file.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut problems = Problems::default();
        if text.trim().is_empty() {
            problems.add(Place::START, "there are no cases here; docs/cli.md shows their form");
            return Err(PolicyError::of_cases(problems.into_sorted()));
        }
        let raw = yaml::parse(text, &mut problems)
            .and_then(|root| RawCases::decode(&root, &mut problems));
        let tests = raw.and_then(|raw| validate(raw, text, &mut problems));
        match (tests, problems.into_sorted()) {
            (Some(tests), problems) if problems.is_empty() => Ok(tests),
            (_, problems) => Err(PolicyError::of_cases(problems)),
        }
    }

    /// Whether all that they name is there: reports and rules of this policy, and these codes of
    /// reasons.
    ///
    /// # Errors
    /// With every name that nothing has.
    pub fn fit(&self, policy: &Policy, codes: &[&str]) -> Result<(), PolicyError> {
        let mut problems = Problems::default();
        let reports: Vec<String> = policy
            .reports()
            .iter()
            .flat_map(ExpectedReport::by_part)
            .map(|(_, r)| r.name)
            .collect();
        let rules: Vec<String> =
            policy.rules_and_parts().into_iter().map(|rule| rule.name.clone()).collect();
        let codes: Vec<String> = codes.iter().map(|&code| code.to_owned()).collect();
        for case in &self.cases {
            for report in case.reports.iter().chain(&case.baseline) {
                if !reports.contains(&report.name) {
                    problems.add_unknown(report.place, "report", &report.name, &reports);
                }
            }
            for rule in &case.rules {
                if !rules.contains(&rule.name) {
                    problems.add_unknown(rule.place, "rule", &rule.name, &rules);
                }
                if let (Some(code), Some(place)) = (&rule.reason, rule.reason_place)
                    && !codes.contains(code)
                {
                    problems.add_unknown(place, "code of a reason", code, &codes);
                }
            }
        }
        match problems.into_sorted() {
            problems if problems.is_empty() => Ok(()),
            problems => Err(PolicyError::of_cases(problems)),
        }
    }
}

fn validate(raw: RawCases, text: &str, problems: &mut Problems) -> Option<PolicyTests> {
    if let Some(version) = raw.version.get().filter(|version| version.value != 1) {
        let message = format!("version {} is not known; this gate reads version 1", version.value);
        problems.add(version.place, message);
    }
    let now = raw.now.take()?.value;
    let cases = raw.cases.take()?;
    if cases.value.is_empty() {
        problems.add(cases.place, "a file of cases without cases tests nothing");
    }
    let case = |(name, raw): (Spanned<String>, Option<Spanned<RawCase>>)| {
        let Spanned { value: raw, .. } = raw?;
        let expect = raw.expect.take()?;
        let RawExpect { gate, rules } = expect.value;
        let rules: Vec<ExpectedRule> =
            rules.into_iter().flat_map(|rules| rules.value).filter_map(expected).collect();
        if gate.is_none() && rules.is_empty() && !problems.are_in(expect.place) {
            problems.add_with_hint(
                expect.place.first(),
                "this case expects nothing",
                "say how the gate comes out, or rules: `rules: { the rule: failed }`",
            );
        }
        Some(TestCase {
            line: name.place.line(text),
            name: name.value,
            now: raw.now.map_or(now, |now| now.value),
            reports: reports(raw.reports),
            baseline: reports(raw.baseline),
            pull_request: raw.pull_request.map(|given| given.value),
            changes: raw.changes.map(|given| given.value),
            history: raw
                .history
                .into_iter()
                .flat_map(|records| records.value)
                .map(|record| record.value)
                .collect(),
            gate: gate.map(|gate| gate.value),
            rules,
        })
    };
    Some(PolicyTests {
        policy: raw.policy.map_or_else(|| "gate.yml".to_owned(), |path| path.value),
        cases: cases.value.into_iter().filter_map(case).collect(),
    })
}

fn reports(raw: Option<Spanned<Named<Given>>>) -> Vec<GivenReport> {
    let all = raw.into_iter().flat_map(|reports| reports.value);
    let report = |(name, given): (Spanned<String>, Option<Spanned<Given>>)| {
        Some(GivenReport { name: name.value, place: name.place, given: given?.value })
    };
    all.filter_map(report).collect()
}

fn expected((name, raw): (Spanned<String>, Option<Spanned<RawExpected>>)) -> Option<ExpectedRule> {
    let RawExpected { outcome, reason } = raw?.value;
    Some(ExpectedRule {
        name: name.value,
        place: name.place,
        outcome,
        reason_place: reason.as_ref().map(|reason| reason.place),
        reason: reason.map(|reason| reason.value),
    })
}

impl Decode for Outcome {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        let words = Self::ALL.iter().map(|outcome| (outcome.word(), *outcome)).collect::<Vec<_>>();
        word(node, "outcome", &words, problems)
    }
}

impl Decode for RawExpected {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        if !matches!(node.value, Value::Mapping(_)) {
            return Some(Self { outcome: Outcome::decode(node, problems)?, reason: None });
        }
        let RawReasoned { outcome, reason } = RawReasoned::decode(node, problems)?;
        Some(Self { outcome: outcome.take()?.value, reason })
    }
}

impl Decode for Timestamp {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        let time = match &node.value {
            Value::Scalar { text, .. } => text.parse().ok(),
            Value::Sequence(_) | Value::Mapping(_) => None,
        };
        if time.is_none() {
            problems.add(node.place, "a time is written like 2026-11-24T12:00:00Z");
        }
        time
    }
}

impl Decode for Given {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        let Value::Scalar { text, quoted } = &node.value else {
            return Some(Self::Json(json(node)));
        };
        Some(match (text.as_str(), quoted) {
            ("missing", false) => Self::Missing,
            ("awaited", false) => Self::Awaited,
            ("broken", false) => Self::Broken,
            ("", _) | ("~" | "null", false) => {
                problems.add_with_hint(
                    node.place,
                    "there is nothing here",
                    "give a file, the text itself, or missing, awaited, broken",
                );
                return None;
            }
            (text, _) if is_content(text) => Self::Text(text.to_owned()),
            (text, _) => Self::File(text.to_owned()),
        })
    }
}

/// Whether a text is a report or a diff itself, and no path to one.
fn is_content(text: &str) -> bool {
    text.contains('\n') || text.trim_start().starts_with(['{', '[', '<'])
}

/// What YAML says, as JSON: whole numbers, truth and nothing where they are written so, texts else.
fn json(node: &Node) -> Json {
    match &node.value {
        Value::Scalar { text, quoted: true } => Json::String(text.clone()),
        Value::Scalar { text, quoted: false } => match text.as_str() {
            "" | "~" | "null" => Json::Null,
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            text => match text.parse::<i64>() {
                Ok(number) if number.to_string() == text => number.into(),
                Ok(_) | Err(_) => Json::String(text.to_owned()),
            },
        },
        Value::Sequence(items) => items.iter().map(json).collect(),
        Value::Mapping(entries) => {
            let entry = |(key, node): &(yaml::Key, Node)| (key.text.clone(), json(node));
            Json::Object(entries.iter().map(entry).collect::<Map<_, _>>())
        }
    }
}

/// The schemas of what has a form of its own. They are not printed: the file is ours alone.
macro_rules! plain_schema {
    ($($type:ty => $name:literal, $json:tt;)+) => {
        $(impl JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($json)
            }
        })+
    };
}

fn time_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "date-time" })
}

plain_schema! {
    Given => "Given", { "type": ["string", "object", "array"] };
    RawExpected => "Expected", { "type": ["string", "object"] };
}

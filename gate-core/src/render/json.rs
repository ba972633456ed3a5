//! `gate/verdict/v1`: the frozen JSON of a verdict, for programs.
//!
//! These types exist so that the inner ones may change without breaking anybody. Within v1, keys may
//! be added; none is renamed, removed or given another meaning. The schema is committed as
//! `gate-core/verdict.schema.json`.

use jiff::Timestamp;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;

use crate::{
    Remark, Verdict, WaiverState, WaiverVerdict,
    green::{Action, Choice, Way},
    measure::{Outcome, Percent, Severity},
    policy::{Better, Source, Tolerance},
    rule::{Comparison, Drift, Item, Reason, RuleVerdict},
};

/// The name of this form, the value of `schema`.
pub const V1: &str = "gate/verdict/v1";

/// A verdict.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VerdictV1 {
    /// `gate/verdict/v1`.
    schema: &'static str,
    /// The outcome of the gate. Only `passed` lets a merge through.
    outcome: Outcome,
    /// One line that says it.
    title: String,
    /// The time it holds for, RFC 3339.
    now: String,
    /// The head that was judged, where it is known.
    head: Option<String>,
    /// The commit of the baseline, where there is one.
    baseline: Option<String>,
    /// Every rule, in the order of the policy.
    rules: Vec<RuleV1>,
    /// The fewest steps that would let the gate pass; null where it does.
    way_to_green: Option<WayV1>,
    /// Every waiver, in the order of the policy.
    waivers: Vec<WaiverV1>,
    /// What else should be known.
    remarks: Vec<RemarkV1>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RuleV1 {
    name: String,
    /// `coverage`, `findings`, `vulnerabilities`, `review`, …
    kind: &'static str,
    /// `required`, `advisory` or `shadow`. Only required rules decide.
    mode: &'static str,
    outcome: Outcome,
    /// The rule's line in the policy.
    line: usize,
    /// Of which policy it is, where one extends another: `own`, or the other's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// Why, the worst first.
    reasons: Vec<ReasonV1>,
    /// Of a group (`any-of`, `all-of`), how its rules came out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Self>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ReasonV1 {
    /// A stable word for what it states.
    code: &'static str,
    outcome: Outcome,
    message: String,
    /// What would turn it.
    hint: Option<String>,
    comparison: Option<ComparisonV1>,
    /// What became of a drift budget, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    drift: Option<DriftV1>,
    /// What it is about, the worst first, at most 500.
    items: Vec<ItemV1>,
    /// How many more it is about.
    unlisted: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum ComparisonV1 {
    /// covered/total ≥ bar.
    AtLeast { metric: &'static str, covered: u64, total: u64, bar: String },
    /// covered/total is at most `tolerance` percentage points below the baseline's.
    AtMostBelow {
        metric: &'static str,
        covered: u64,
        total: u64,
        baseline_covered: u64,
        baseline_total: u64,
        tolerance: String,
    },
    /// value ≤ maximum.
    AtMost { value: u64, maximum: u64 },
    /// value ≤ maximum, exact decimals.
    NumberAtMost { value: String, maximum: String },
    /// value ≥ minimum, exact decimals.
    NumberAtLeast { value: String, minimum: String },
    /// The value is not worse than the baseline's by more than the tolerance: a number, or a
    /// percentage of the baseline's.
    NumberNotWorse { value: String, baseline: String, better: &'static str, tolerance: String },
    /// value ≥ minimum.
    CountAtLeast { value: u64, minimum: u64 },
}

/// Percentage points of a coverage, else amounts of the number, as decimals; what was spent is
/// rounded up, the rest down.
#[derive(Debug, Serialize, JsonSchema)]
struct DriftV1 {
    /// All of the budget.
    budget: String,
    /// What the base branch spent.
    spent: String,
    /// What came back on the base branch.
    refilled: String,
    /// What the pull request would spend.
    spent_here: String,
    /// What would come back by the pull request.
    refilled_here: String,
    /// What would be left.
    left: String,
    /// Of how many commits of the base a value is known.
    commits: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ItemV1 {
    path: Option<String>,
    line: Option<u32>,
    end_line: Option<u32>,
    severity: Option<Severity>,
    message: String,
    /// Whether a waiver excepts it; then it does not count.
    waived: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct WayV1 {
    /// How many steps somebody has to take; what only has to be waited for is none.
    steps: u64,
    /// Whether no way has fewer steps. Where the search was not taken to its end, there may be one.
    shortest: bool,
    /// Whether it is known that the gate passes then. What is waited for, or cannot be read, may
    /// turn out to be in the way itself.
    certain: bool,
    /// What to do, in an order in which it can be done.
    actions: Vec<ActionV1>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ActionV1 {
    /// `cover`, `mend`, `upgrade`, `approve`, `wait`, …
    kind: &'static str,
    message: String,
    /// So many of the choices are enough.
    count: u64,
    /// So many choices there are; null where anybody or anything of its kind will do.
    of: Option<u64>,
    /// The choices, at most 500; lines in a row are one.
    choices: Vec<ChoiceV1>,
    /// How many more there are.
    unlisted: u64,
    /// Whether it needs new commits.
    push: bool,
    /// Whether it is known to be enough for its part.
    certain: bool,
    /// Until when it is waited for, RFC 3339, where that is limited.
    until: Option<String>,
    /// The rules that ask for it.
    rules: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ChoiceV1 {
    path: Option<String>,
    line: Option<u32>,
    end_line: Option<u32>,
    message: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct WaiverV1 {
    subject: String,
    reason: String,
    /// Who answers for it; left out where the policy does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// The first day on which it holds; left out where it held from the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// The last day on which it holds.
    expires: Option<String>,
    expires_soon: bool,
    /// `used`, `not-needed`, `unused`, `unchecked`, `not-yet` or `expired`.
    state: &'static str,
    /// How many entries it excepts, or would except on a day on which it holds.
    count: u64,
    /// The waiver's line in the policy.
    line: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RemarkV1 {
    /// The report it is about, by its name in the policy.
    report: Option<String>,
    /// Whether it is about the baseline's report.
    baseline: bool,
    /// A stable word for what it is.
    code: &'static str,
    message: String,
    count: u64,
}

/// The verdict in this form.
#[must_use]
pub fn verdict(verdict: &Verdict) -> VerdictV1 {
    VerdictV1 {
        schema: V1,
        outcome: verdict.outcome,
        title: verdict.title.to_string(),
        now: verdict.now.to_string(),
        head: verdict.head.clone(),
        baseline: verdict.baseline.clone(),
        rules: verdict.rules.iter().map(rule).collect(),
        way_to_green: verdict.way.as_ref().map(|way| self::way(way, verdict.now)),
        waivers: verdict.waivers.iter().map(waiver).collect(),
        remarks: verdict.remarks.iter().map(remark).collect(),
    }
}

/// The JSON Schema (2020-12) of this form.
#[must_use]
pub fn schema() -> serde_json::Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<VerdictV1>();
    schema.insert("title".to_owned(), V1.into());
    schema.to_value()
}

fn rule(rule: &RuleVerdict) -> RuleV1 {
    RuleV1 {
        name: rule.name.clone(),
        kind: rule.kind,
        mode: rule.mode.word(),
        outcome: rule.outcome,
        line: rule.line,
        from: rule.source.as_ref().map(|source| match source {
            Source::Extended(name) => name.to_string(),
            Source::Own | Source::Replacing(_) => "own".to_owned(),
        }),
        reasons: rule.reasons.iter().map(reason).collect(),
        parts: rule.parts.iter().map(self::rule).collect(),
    }
}

fn reason(reason: &Reason) -> ReasonV1 {
    ReasonV1 {
        code: reason.code.word(),
        outcome: reason.outcome,
        message: reason.message.to_string(),
        hint: reason.hint.as_ref().map(ToString::to_string),
        comparison: reason.comparison.map(comparison),
        drift: reason.drift.as_ref().map(drift),
        items: reason.items.iter().map(item).collect(),
        unlisted: reason.unlisted,
    }
}

fn comparison(comparison: Comparison) -> ComparisonV1 {
    let written = |percent: Percent| String::from(percent);
    match comparison {
        Comparison::AtLeast { metric, value, bar } => ComparisonV1::AtLeast {
            metric: metric.word(),
            covered: value.covered(),
            total: value.total(),
            bar: written(bar),
        },
        Comparison::AtMostBelow { metric, value, baseline, tolerance } => {
            ComparisonV1::AtMostBelow {
                metric: metric.word(),
                covered: value.covered(),
                total: value.total(),
                baseline_covered: baseline.covered(),
                baseline_total: baseline.total(),
                tolerance: written(tolerance),
            }
        }
        Comparison::AtMost { value, maximum } => ComparisonV1::AtMost { value, maximum },
        Comparison::Number { value, bar, better: Better::Lower } => {
            ComparisonV1::NumberAtMost { value: value.to_string(), maximum: bar.to_string() }
        }
        Comparison::Number { value, bar, better: Better::Higher } => {
            ComparisonV1::NumberAtLeast { value: value.to_string(), minimum: bar.to_string() }
        }
        Comparison::NotWorse { value, baseline, tolerance, better } => {
            ComparisonV1::NumberNotWorse {
                value: value.to_string(),
                baseline: baseline.to_string(),
                better: better.word(),
                tolerance: match tolerance {
                    Tolerance::Amount(amount) => amount.to_string(),
                    Tolerance::Share(percent) => written(percent),
                },
            }
        }
        Comparison::CountAtLeast { value, minimum } => {
            ComparisonV1::CountAtLeast { value, minimum }
        }
    }
}

fn drift(drift: &Drift) -> DriftV1 {
    let Drift { budget, spent, refilled, spent_here, refilled_here, left, commits } = drift.clone();
    DriftV1 { budget, spent, refilled, spent_here, refilled_here, left, commits }
}

fn item(item: &Item) -> ItemV1 {
    let location = item.location.as_ref();
    ItemV1 {
        path: location.map(|location| location.path.to_string()),
        line: location.and_then(|location| location.line),
        end_line: location.and_then(|location| location.end_line),
        severity: item.severity,
        message: item.message.to_string(),
        waived: item.waived,
    }
}

fn way(way: &Way, now: Timestamp) -> WayV1 {
    WayV1 {
        steps: way.steps,
        shortest: way.shortest,
        certain: way.certain,
        actions: way.actions.iter().map(|one| action(one, now)).collect(),
    }
}

fn action(action: &Action, now: Timestamp) -> ActionV1 {
    let choice = |choice: &Choice| {
        let location = choice.location.as_ref();
        ChoiceV1 {
            path: location.map(|location| location.path.to_string()),
            line: location.and_then(|location| location.line),
            end_line: location.and_then(|location| location.end_line),
            message: choice.message.to_string(),
        }
    };
    ActionV1 {
        kind: action.kind.word(),
        message: super::action_line(action, now).to_string(),
        count: action.count,
        of: action.of,
        choices: action.choices.iter().map(choice).collect(),
        unlisted: action.unlisted,
        push: action.push,
        certain: action.certain,
        until: action.until.map(|until| until.to_string()),
        rules: action.rules.clone(),
    }
}

fn waiver(waiver: &WaiverVerdict) -> WaiverV1 {
    let (state, count) = match waiver.state {
        WaiverState::Used(count) => ("used", count),
        WaiverState::NotNeeded => ("not-needed", 0),
        WaiverState::Unused => ("unused", 0),
        WaiverState::Unchecked => ("unchecked", 0),
        WaiverState::NotYet(count) => ("not-yet", count),
        WaiverState::Expired(count) => ("expired", count),
    };
    WaiverV1 {
        subject: waiver.subject.to_string(),
        reason: waiver.reason.clone(),
        owner: waiver.owner.clone(),
        from: waiver.from.map(|day| day.to_string()),
        expires: waiver.expires.map(|day| day.to_string()),
        expires_soon: waiver.expires_soon,
        state,
        count,
        line: waiver.line,
    }
}

fn remark(remark: &Remark) -> RemarkV1 {
    RemarkV1 {
        report: remark.report.clone(),
        baseline: remark.baseline,
        code: remark.code,
        message: remark.message.to_string(),
        count: remark.count,
    }
}

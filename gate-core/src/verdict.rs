//! Floor 4: the verdict, and the function that reaches it.

use jiff::{Timestamp, civil::Date};

use crate::{
    evidence::{Evidence, Note, Piece, Report},
    green::{self, Way},
    measure::{Message, Outcome},
    policy::{Mode, NoRule, Policy},
    rule::{self, Case, RuleVerdict, WaiverUse},
};

/// Whether a change may be merged, and why: the tree gate → rules → reasons, with an outcome at
/// every node.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// The worst outcome of the required rules.
    pub outcome: Outcome,
    /// One line that says it.
    pub title: Message,
    /// Every rule, in the order of the policy.
    pub rules: Vec<RuleVerdict>,
    /// The fewest steps that would let the gate pass; none where it does.
    pub way: Option<Way>,
    /// Every waiver, in the order of the policy.
    pub waivers: Vec<WaiverVerdict>,
    /// What else should be known: what readers had to interpret, and what nobody used.
    pub remarks: Vec<Remark>,
    /// The time it holds for.
    pub now: Timestamp,
    /// The commit of the baseline, where there is one.
    pub baseline: Option<String>,
    /// The head that was judged, where it is known.
    pub head: Option<String>,
}

/// What became of a waiver.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaiverVerdict {
    /// What it excepts.
    pub subject: Message,
    /// Why, in the policy's words.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The first day on which it holds.
    pub from: Option<Date>,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// What became of it.
    pub state: WaiverState,
    /// Whether it ends within [`SOON_DAYS`] days.
    pub expires_soon: bool,
    /// Its line in the policy.
    pub line: usize,
}

/// What became of a waiver in one evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaiverState {
    /// It excepted so many that would have counted.
    Used(u64),
    /// It matched, but nothing of that would have counted.
    NotNeeded,
    /// It matched nothing in any report.
    Unused,
    /// No report could be read in which it might have matched.
    Unchecked,
    /// It does not hold yet; so many that it would have matched count until then.
    NotYet(u64),
    /// It has ended; so many that it would have matched count again.
    Expired(u64),
}

/// A waiver that ends within so many days is shown as ending soon.
pub const SOON_DAYS: i32 = 14;

/// Something that should be known beside the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remark {
    /// The report it is about, by its name in the policy; of the baseline where so marked.
    pub report: Option<String>,
    /// Whether it is about the baseline's report.
    pub baseline: bool,
    /// A stable word for what it is.
    pub code: &'static str,
    /// What.
    pub message: Message,
    /// How often.
    pub count: u64,
}

/// Judges the evidence by the policy, at a time. The same input gives the same verdict, on any
/// machine and at any later day.
#[must_use]
pub fn evaluate(policy: &Policy, evidence: &Evidence, now: Timestamp) -> Verdict {
    let case = Case::of(policy, evidence, now);
    let mut uses = vec![WaiverUse::default(); policy.waivers().len()];
    let rules: Vec<RuleVerdict> =
        policy.rules().iter().map(|rule| rule::judge(rule, case, &mut uses)).collect();
    let required = rules.iter().filter(|rule| rule.mode == Mode::Required);
    let outcome = match Outcome::all_of(required.map(|rule| rule.outcome)) {
        Outcome::Skipped => match policy.when_no_rule_applies() {
            NoRule::Inconclusive => Outcome::Inconclusive,
            NoRule::Pass => Outcome::Passed,
        },
        outcome
        @ (Outcome::Passed | Outcome::Pending | Outcome::Inconclusive | Outcome::Failed) => outcome,
    };
    Verdict {
        outcome,
        title: title(outcome, &rules),
        way: (outcome != Outcome::Passed).then(|| green::way(case, &rules)),
        waivers: waivers(policy, &uses, case.today()),
        remarks: remarks(policy, evidence),
        rules,
        now,
        baseline: evidence.baseline.commit.clone(),
        head: match &evidence.pull_request {
            Piece::Present(pull_request) => Some(pull_request.head.sha.clone()),
            Piece::Awaited { .. } | Piece::Missing { .. } | Piece::Broken { .. } => None,
        },
    }
}

/// "Failed: 2 of 5 required rules do not hold".
fn title(outcome: Outcome, rules: &[RuleVerdict]) -> Message {
    let required: Vec<&RuleVerdict> =
        rules.iter().filter(|rule| rule.mode == Mode::Required).collect();
    let all = required.len();
    let such: Vec<&str> = required
        .iter()
        .filter(|rule| rule.outcome == outcome)
        .map(|rule| rule.name.as_str())
        .collect();
    let count = such.len();
    let of_all = format!("{count} of {all} required rules");
    let message = match outcome {
        Outcome::Passed | Outcome::Skipped if count == 0 => {
            return Message::new("Passed: no required rule applied, and the policy lets that pass");
        }
        Outcome::Inconclusive if count == 0 => {
            return Message::new("Inconclusive: no rule applied");
        }
        Outcome::Passed | Outcome::Skipped => {
            let rules =
                if all == 1 { "the required rule holds" } else { "all required rules hold" };
            return Message::new(format_args!("Passed: {rules} ({count} of {all})"));
        }
        Outcome::Failed => Message::new(format_args!("Failed: {of_all} not met: ")),
        Outcome::Inconclusive => {
            Message::new(format_args!("Inconclusive: {of_all} cannot be decided: "))
        }
        Outcome::Pending => Message::new(format_args!("Pending: {of_all} waiting: ")),
    };
    message.quote_each(such, 3)
}

fn waivers(policy: &Policy, uses: &[WaiverUse], today: Date) -> Vec<WaiverVerdict> {
    let of = |(waiver, usage): (&crate::policy::Waiver, &WaiverUse)| {
        let holds = waiver.holds_on(today);
        let state = match (usage.matched(), usage.excepted()) {
            (matched, _) if waiver.begins_after(today) => WaiverState::NotYet(matched),
            (matched, _) if !holds => WaiverState::Expired(matched),
            (_, excepted @ 1..) => WaiverState::Used(excepted),
            (1.., 0) => WaiverState::NotNeeded,
            (0, 0) if usage.looked() => WaiverState::Unused,
            (0, 0) => WaiverState::Unchecked,
        };
        let left = waiver.expires.and_then(|last| today.until(last).ok());
        WaiverVerdict {
            subject: waiver.describe(),
            reason: waiver.reason.clone(),
            owner: waiver.owner.clone(),
            from: waiver.from,
            expires: waiver.expires,
            state,
            expires_soon: holds && left.is_some_and(|left| left.get_days() <= SOON_DAYS),
            line: waiver.line,
        }
    };
    policy.waivers().iter().zip(uses).map(of).collect()
}

fn remarks(policy: &Policy, evidence: &Evidence) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let rules = policy.rules_and_parts();
    let used = |name: &str| rules.iter().any(|rule| rule.kind.report() == Some(name));
    let remark = |report: &str, baseline, code, message| Remark {
        report: Some(report.to_owned()),
        baseline,
        code,
        message,
        count: 1,
    };
    if let Some(extended) = policy.extended() {
        let name = extended.from.to_string();
        for (what, replaced) in &extended.replaced {
            let message = Message::new(format_args!("the {what} ")).quote(replaced).say(" of ");
            let message = message.quote(&name).say(" is replaced by the policy's own");
            let code = "policy-replaced";
            remarks.push(Remark { report: None, baseline: false, code, message, count: 1 });
        }
    }
    for expected in policy.reports() {
        if !used(&expected.name) {
            let message = Message::new("no rule uses the report ").quote(&expected.name);
            remarks.push(remark(&expected.name, false, "report-unused", message));
        }
    }
    for (reports, baseline) in [(&evidence.reports, false), (&evidence.baseline.reports, true)] {
        for (name, piece) in reports {
            if policy.report(name).is_none() {
                let message = Message::new("the policy does not know the report ").quote(name);
                remarks.push(remark(name, baseline, "report-unknown", message));
            }
            if let Piece::Present(Report { notes, .. }) = piece {
                let of = |note: &Note| Remark {
                    report: Some(name.clone()),
                    baseline,
                    code: note.code.word(),
                    message: note.message.clone(),
                    count: note.count,
                };
                remarks.extend(notes.iter().map(of));
            }
        }
    }
    remarks
}

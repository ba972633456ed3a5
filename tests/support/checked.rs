//! A verdict, as a user and a program see it.

use serde_json::Value;

use crate::Run;

/// One verdict of `gate check`: its text, its JSON and the exit code, which agree.
#[derive(Debug)]
pub struct Checked {
    /// The run that printed text.
    pub text: Run,
    /// What the run with `--format json` printed.
    pub json: Value,
}

impl Checked {
    #[track_caller]
    pub(crate) fn new(text: Run, json: &Run) -> Self {
        if text.code == 2 {
            panic!("there is no verdict\n{text}");
        }
        assert_eq!(text.stderr, "", "a verdict has nothing beside it\n{text}");
        assert_eq!(text.code, json.code, "text and JSON end alike\n{text}");
        let outcome = match text.code {
            0 => &["passed"][..],
            1 => &["failed"],
            _ => &["inconclusive", "pending"],
        };
        let json = json.json();
        assert!(outcome.iter().any(|word| json["outcome"] == **word), "code and outcome\n{text}");
        Self { text, json }
    }

    #[track_caller]
    fn expect_outcome(&self, outcome: &str) -> &Self {
        assert_eq!(self.json["outcome"], outcome, "another outcome\n{}", self.text);
        self
    }

    /// The gate passed: exit code 0.
    #[track_caller]
    pub fn expect_passed(&self) -> &Self {
        self.expect_outcome("passed")
    }

    /// The gate failed: exit code 1.
    #[track_caller]
    pub fn expect_failed(&self) -> &Self {
        self.expect_outcome("failed")
    }

    /// The gate could not decide: exit code 3.
    #[track_caller]
    pub fn expect_inconclusive(&self) -> &Self {
        self.expect_outcome("inconclusive")
    }

    /// The gate waits for somebody: exit code 3.
    #[track_caller]
    pub fn expect_pending(&self) -> &Self {
        self.expect_outcome("pending")
    }

    /// The rule of this name, which may be one of a group.
    #[track_caller]
    #[must_use]
    pub fn rule(&self, name: &str) -> &Value {
        fn find<'a>(rules: &'a Value, name: &str) -> Option<&'a Value> {
            let rules = rules.as_array()?;
            let own = rules.iter().find(|rule| rule["name"] == name);
            own.or_else(|| rules.iter().find_map(|rule| find(&rule["parts"], name)))
        }
        find(&self.json["rules"], name).unwrap_or_else(|| panic!("no rule {name:?}\n{}", self.text))
    }

    /// The reason of this code, of the rule of this name.
    #[track_caller]
    #[must_use]
    pub fn reason(&self, rule: &str, code: &str) -> &Value {
        let reasons = self.rule(rule)["reasons"].as_array().expect("a list of reasons");
        let reason = reasons.iter().find(|reason| reason["code"] == code);
        reason.unwrap_or_else(|| panic!("{rule:?} has no reason {code}\n{}", self.text))
    }

    /// The rule came out like this, and one of its reasons has this code and the same outcome.
    #[track_caller]
    pub fn expect_rule(&self, name: &str, outcome: &str, code: &str) -> &Self {
        assert_eq!(
            self.rule(name)["outcome"],
            outcome,
            "{name:?} came out otherwise\n{}",
            self.text
        );
        assert_eq!(self.reason(name, code)["outcome"], outcome, "{name:?}, {code}\n{}", self.text);
        self
    }

    /// The rule gives this reason, whatever follows from it.
    #[track_caller]
    pub fn expect_reason(&self, rule: &str, code: &str) -> &Self {
        let _ = self.reason(rule, code);
        self
    }

    /// The rule does not give this reason.
    #[track_caller]
    pub fn expect_no_reason(&self, rule: &str, code: &str) -> &Self {
        let reasons = self.rule(rule)["reasons"].as_array().expect("a list of reasons");
        let has = reasons.iter().any(|reason| reason["code"] == code);
        assert!(!has, "{rule:?} has the reason {code}\n{}", self.text);
        self
    }

    /// The text has a line with this in it.
    #[track_caller]
    pub fn expect_line(&self, words: &str) -> &Self {
        self.text.expect_line(words);
        self
    }

    /// The text has no line with this in it.
    #[track_caller]
    pub fn expect_no_line(&self, words: &str) -> &Self {
        self.text.expect_no_line(words);
        self
    }

    /// The waiver on this place of the policy's list, from 0.
    #[track_caller]
    #[must_use]
    pub fn waiver(&self, index: usize) -> &Value {
        let waiver = self.json["waivers"].get(index);
        waiver.unwrap_or_else(|| panic!("no waiver {index}\n{}", self.text))
    }

    /// There is a remark with this code.
    #[track_caller]
    pub fn expect_remark(&self, code: &str) -> &Self {
        let remarks = self.json["remarks"].as_array().expect("a list of remarks");
        let has = remarks.iter().any(|remark| remark["code"] == code);
        assert!(has, "no remark {code}\n{}", self.text);
        self
    }
}

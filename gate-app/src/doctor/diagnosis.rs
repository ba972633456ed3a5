//! What was found: a list of findings, for people and for programs.

use std::fmt::Write as _;

use serde::Serialize;

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// What the settings switch off.
    Settings,
    /// Whether the database is there, up to date, and takes writes.
    Database,
    /// What waits in it, and what is parked.
    Queue,
    /// Whether GitHub takes us for the App.
    Credentials,
    /// Whether this machine's time is GitHub's.
    Clock,
    /// What the App asks for, and what an account grants.
    Permissions,
    /// What the App is told of.
    Events,
    /// Where GitHub sends the events, and how.
    Webhook,
    /// Whether they arrive.
    Deliveries,
    /// Where the App is installed.
    Installations,
    /// Which repositories have a policy, and whether it is sound.
    Policy,
    /// Whether a branch requires the check, from this App.
    Required,
}

impl Check {
    /// Every check, in the order in which they are made; `docs/app.md` lists them so.
    pub const ALL: &[Self] = &[
        Self::Settings,
        Self::Database,
        Self::Queue,
        Self::Credentials,
        Self::Clock,
        Self::Permissions,
        Self::Events,
        Self::Webhook,
        Self::Deliveries,
        Self::Installations,
        Self::Policy,
        Self::Required,
    ];

    /// Its name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Database => "database",
            Self::Queue => "queue",
            Self::Credentials => "credentials",
            Self::Clock => "clock",
            Self::Permissions => "permissions",
            Self::Events => "events",
            Self::Webhook => "webhook",
            Self::Deliveries => "deliveries",
            Self::Installations => "installations",
            Self::Policy => "policy",
            Self::Required => "required",
        }
    }
}

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sign {
    /// As it should be.
    Good,
    /// Worth knowing; the App works.
    Notice,
    /// Not as it should be, or it could not be looked at.
    Wrong,
}

impl Sign {
    const fn mark(self) -> char {
        match self {
            Self::Good => '✓',
            Self::Notice => '!',
            Self::Wrong => '✗',
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How it is.
    pub sign: Sign,
    /// What it is.
    pub check: Check,
    /// Where: the App, an account, or a repository.
    pub place: String,
    /// What was found.
    pub what: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// Everything that was found, in the order in which it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    findings: Vec<Finding>,
    place: String,
}

impl Default for Diagnosis {
    fn default() -> Self {
        Self { findings: Vec::new(), place: "the App".to_owned() }
    }
}

impl Diagnosis {
    /// What was found.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.findings.iter().all(|finding| finding.sign != Sign::Wrong)
    }

    /// What follows is about this place.
    pub(super) fn at(&mut self, place: &str) {
        place.clone_into(&mut self.place);
    }

    /// What was found elsewhere meanwhile.
    pub(super) fn take_in(&mut self, other: Self) {
        self.findings.extend(other.findings);
    }

    pub(super) fn good(&mut self, check: Check, what: &str) {
        self.found(Sign::Good, check, (what, None));
    }

    pub(super) fn notice(&mut self, check: Check, what: &str, advice: &str) {
        self.found(Sign::Notice, check, (what, Some(advice)));
    }

    pub(super) fn wrong(&mut self, check: Check, what: &str, advice: &str) {
        self.found(Sign::Wrong, check, (what, Some(advice)));
    }

    /// Without credentials nobody can look at the rest.
    pub(super) fn rest(&mut self) {
        let what = "permissions, events, webhook, installations and what branches require were not \
                    looked at";
        self.notice(Check::Installations, what, "mend the credentials, and ask again");
    }

    fn found(&mut self, sign: Sign, check: Check, (what, advice): (&str, Option<&str>)) {
        self.findings.push(Finding {
            sign,
            check,
            place: harmless(&self.place),
            what: harmless(what),
            advice: advice.map(harmless),
        });
    }

    /// For people: a line for each, and below it what to do where something is.
    #[must_use]
    pub fn text(&self) -> String {
        let (mut text, mut place) = (String::new(), "");
        for finding in &self.findings {
            // Writing to a `String` cannot fail.
            if finding.place != place {
                place = &finding.place;
                let gap = if text.is_empty() { "" } else { "\n" };
                let _ = writeln!(text, "{gap}{place}");
            }
            let (sign, check) = (finding.sign.mark(), finding.check.word());
            let _ = writeln!(text, "  {sign} {check:<13}  {}", finding.what);
            if let Some(advice) = &finding.advice {
                let _ = writeln!(text, "    {:<13}  → {advice}", "");
            }
        }
        let count = |sign| self.findings.iter().filter(|finding| finding.sign == sign).count();
        let (all, wrong, notices) = (self.findings.len(), count(Sign::Wrong), count(Sign::Notice));
        let _ = match (wrong, notices) {
            (0, 0) => writeln!(text, "\nAll is well."),
            (0, _) => writeln!(text, "\nNothing is wrong; {notices} of {all} worth knowing."),
            (_, _) => writeln!(text, "\n{wrong} of {all} wrong."),
        };
        text
    }

    /// For programs: `gate-app/doctor/v1`.
    ///
    /// # Errors
    /// When it has no JSON form, which texts and words always have.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        #[derive(Serialize)]
        struct Document<'a> {
            schema: &'static str,
            well: bool,
            findings: &'a [Finding],
        }
        serde_json::to_string_pretty(&Document {
            schema: "gate-app/doctor/v1",
            well: self.is_well(),
            findings: &self.findings,
        })
    }
}

/// What came from elsewhere is one line, and moves no cursor.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finding_is_a_line_below_its_place() {
        let mut diagnosis = Diagnosis::default();
        diagnosis.good(Check::Database, "answers");
        assert!(diagnosis.text().ends_with("\nAll is well.\n"));
        diagnosis.notice(Check::Deliveries, "there are none", "wait");
        assert!(diagnosis.is_well());
        diagnosis.at("acme/shop");
        diagnosis.wrong(Check::Required, "it is \u{1b}[31mnot\n", "require it");
        assert!(!diagnosis.is_well());
        assert_eq!(
            diagnosis.text(),
            "the App\n  ✓ database       answers\n  ! deliveries     there are none\n\
             \u{20}                  → wait\n\nacme/shop\n  ✗ required       it is  [31mnot \n\
             \u{20}                  → require it\n\n1 of 3 wrong.\n"
        );
    }
}

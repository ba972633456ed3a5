//! For a terminal: readable without colour, the worst first, and what to do next.

use std::fmt::Write as _;

use super::{
    Colour, action_line, deciding, in_mode, remark_line, waiver_line, way_title, would_have,
};
use crate::{
    Verdict,
    measure::{Message, Outcome},
    policy::Mode,
    rule::{Item, Reason, RuleVerdict},
};

/// The items that one reason shows here; the JSON has them all.
const SHOWN_ITEMS: usize = 10;

/// The verdict, for a terminal. Ends with a line break.
#[must_use]
pub fn text(verdict: &Verdict, colour: Colour) -> String {
    let mut page = Page { out: String::new(), colour, depth: 0 };
    page.line(
        &page.painted(verdict.outcome, &format!("{} {}", verdict.outcome.sign(), verdict.title)),
    );
    page.line(&format!("  {}", context(verdict)));
    for rule in deciding(verdict) {
        page.line("");
        page.rule(rule);
    }
    page.section("advisory (shown, never decides)", in_mode(verdict, Mode::Advisory), Page::rule);
    page.section("shadow (only reported)", in_mode(verdict, Mode::Shadow), |page, rule| {
        let worst = rule.reasons.first().map(|reason| reason.message.to_string());
        let name = crate::measure::harmless(&rule.name);
        page.line(&format!(
            "  {name}: {}: {}",
            would_have(rule.outcome),
            worst.unwrap_or_default()
        ));
    });
    page.section("waivers", verdict.waivers.iter().collect(), |page, waiver| {
        page.line(&format!("  {}", waiver_line(waiver)));
    });
    page.section("remarks", verdict.remarks.iter().collect(), |page, remark| {
        page.line(&format!("  {}", remark_line(remark)));
    });
    if let Some(way) = &verdict.way {
        page.section(&way_title(way), way.actions.iter().collect(), |page, action| {
            page.line(&format!("  → {}", action_line(action, verdict.now)));
        });
    }
    page.out
}

/// How one rule came out, as [`text`] shows it. Ends with a line break.
#[must_use]
pub fn rule_text(rule: &RuleVerdict, colour: Colour) -> String {
    let mut page = Page { out: String::new(), colour, depth: 0 };
    page.rule(rule);
    page.out
}

/// "judged at 2026-11-24T06:00:00Z, head 1234567, baseline 89abcde".
fn context(verdict: &Verdict) -> String {
    let mut line = format!("judged at {}", verdict.now);
    for (word, commit) in [("head", &verdict.head), ("baseline", &verdict.baseline)] {
        if let Some(commit) = commit {
            let short = crate::measure::harmless(commit.get(..12).unwrap_or(commit));
            let _ = write!(line, ", {word} {short}");
        }
    }
    line
}

struct Page {
    out: String,
    colour: Colour,
    /// In how many groups it is.
    depth: usize,
}

impl Page {
    fn line(&mut self, line: &str) {
        if !line.is_empty() {
            self.out.push_str(&"    ".repeat(self.depth));
        }
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    fn section<T>(&mut self, title: &str, entries: Vec<T>, show: impl Fn(&mut Self, T)) {
        if entries.is_empty() {
            return;
        }
        self.line("");
        self.line(title);
        for entry in entries {
            show(self, entry);
        }
    }

    fn rule(&mut self, rule: &RuleVerdict) {
        let outcome = format!("{} {:<12}", rule.outcome.sign(), rule.outcome.word());
        let outcome = self.painted(rule.outcome, &outcome);
        let name = crate::measure::harmless(&rule.name);
        let from = rule.source.as_ref().map(|source| format!("  (from: {source})"));
        self.line(&format!("{outcome}  {name}  [{}]{}", rule.kind, from.unwrap_or_default()));
        for reason in &rule.reasons {
            self.reason(reason);
        }
        // The rules of a group stand below it, further in.
        self.depth += 1;
        for part in &rule.parts {
            self.rule(part);
        }
        self.depth -= 1;
    }

    fn reason(&mut self, reason: &Reason) {
        self.line(&format!("    {}", reason.message));
        if let Some(hint) = &reason.hint {
            self.line(&format!("    → {hint}"));
        }
        for item in reason.items.iter().take(SHOWN_ITEMS) {
            self.item(item);
        }
        let more = (reason.items.len().saturating_sub(SHOWN_ITEMS)) as u64 + reason.unlisted;
        if more > 0 {
            self.line(&format!("      and {more} more"));
        }
    }

    fn item(&mut self, item: &Item) {
        let place = match &item.location {
            Some(location) => Message::default().quote(location.to_string()).say("  ").to_string(),
            None => String::new(),
        };
        let waived = if item.waived { "  (waived)" } else { "" };
        self.line(&format!("      {place}{}{waived}", item.message));
    }

    fn painted(&self, outcome: Outcome, text: &str) -> String {
        let code = match outcome {
            Outcome::Failed => "31;1",
            Outcome::Inconclusive => "35;1",
            Outcome::Pending => "33",
            Outcome::Passed => "32",
            Outcome::Skipped => "2",
        };
        match self.colour {
            Colour::Never => text.to_owned(),
            Colour::Ansi => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

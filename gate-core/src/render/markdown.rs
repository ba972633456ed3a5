//! GitHub-flavoured markdown for check summaries, within a number of bytes.
//!
//! GitHub counts `output.summary` in bytes and refuses what is longer, which would leave a check
//! hanging. So the most important comes first, and what does not fit is counted, not lost.
//!
//! Foreign words stand in code spans, where GitHub renders no markup, follows no link, mentions
//! nobody and refers to no issue.

use super::{
    deciding, in_mode, lasting_action_line, remark_line, waiver_line, way_title, would_have,
};
use crate::{
    Verdict,
    measure::{Message, Part, harmless},
    policy::Mode,
    rule::{Item, Reason, RuleVerdict},
};

/// The least room that [`markdown`] works in; less is taken for this much.
pub const MIN_MARKDOWN_BYTES: usize = 1_000;

/// So many rules are named beside what they ask for; the JSON has them all.
const NAMED_RULES: usize = 3;

/// Room for the line that says what was left out.
const RESERVE: usize = 200;

/// The verdict in at most `max_bytes` bytes. GitHub takes 65 535 of them in a check's summary.
#[must_use]
pub fn markdown(verdict: &Verdict, max_bytes: usize) -> String {
    let mut page = Page::new(max_bytes);
    page.title(verdict);
    page.table(verdict);
    page.way(verdict);
    page.details(verdict);
    page.finish()
}

pub(super) struct Page {
    out: String,
    limit: usize,
    /// Lines that did not fit.
    left_out: u64,
}

impl Page {
    pub(super) fn new(max_bytes: usize) -> Self {
        let limit = max_bytes.max(MIN_MARKDOWN_BYTES).saturating_sub(RESERVE);
        Self { out: String::new(), limit, left_out: 0 }
    }

    /// Everything that the table does not say.
    pub(super) fn details(&mut self, verdict: &Verdict) {
        let advisory = in_mode(verdict, Mode::Advisory);
        for rule in deciding(verdict).into_iter().chain(advisory) {
            self.rule(rule);
        }
        let shadow = in_mode(verdict, Mode::Shadow);
        self.list(
            "Shadow rules, only reported",
            shadow.into_iter().map(|rule| {
                let worst =
                    rule.reasons.first().map(|reason| escape(&reason.message)).unwrap_or_default();
                format!("{}: {}: {worst}", literal(&rule.name), would_have(rule.outcome))
            }),
        );
        self.list("Waivers", verdict.waivers.iter().map(|waiver| escape(&waiver_line(waiver))));
        self.list("Remarks", verdict.remarks.iter().map(|remark| escape(&remark_line(remark))));
    }

    /// Puts what `fill` adds behind a line that opens it; nothing where it adds nothing.
    pub(super) fn fold(&mut self, summary: &str, fill: impl FnOnce(&mut Self)) {
        let before = self.out.len();
        self.line("");
        self.line(&format!("<details><summary>{summary}</summary>"));
        let opened = self.out.len();
        fill(self);
        if self.out.len() == opened {
            self.out.truncate(before);
        } else {
            // There is room for it in the reserve, and without it what follows would be folded too.
            self.out.push_str("\n</details>\n");
        }
    }

    /// Adds a line if it fits; from the first that does not, nothing more is added.
    pub(super) fn line(&mut self, line: &str) {
        if self.left_out > 0 || self.out.len() + line.len() + 1 > self.limit {
            self.left_out += u64::from(!line.is_empty());
        } else {
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    pub(super) fn title(&mut self, verdict: &Verdict) {
        // The title names at most three rules; their names are at most a hundred characters, which
        // may be four hundred bytes each.
        let title = format!("### {} {}", verdict.outcome.sign(), escape(&verdict.title));
        let short = format!("### {} {}", verdict.outcome.sign(), verdict.outcome.word());
        self.line(if title.len() * 2 < self.limit { &title } else { &short });
    }

    pub(super) fn table(&mut self, verdict: &Verdict) {
        let deciding = deciding(verdict);
        self.line("");
        self.line("| outcome | rule | because |");
        self.line("|---|---|---|");
        for rule in deciding.into_iter().chain(in_mode(verdict, Mode::Advisory)) {
            let because = rule.reasons.first().map(|reason| cell(&reason.message));
            let mode = if rule.mode == Mode::Advisory { " (advisory)" } else { "" };
            let from = rule
                .source
                .as_ref()
                .map(|source| cell(&Message::new(" (from ").quote(source.to_string()).say(")")));
            let from = from.unwrap_or_default();
            self.line(&format!(
                "| {} {} | {}{mode}{from} | {} |",
                rule.outcome.sign(),
                rule.outcome.word(),
                literal(&rule.name).replace('|', "\\|"),
                because.unwrap_or_default()
            ));
        }
    }

    /// What to do, with the rules that it is for.
    pub(super) fn way(&mut self, verdict: &Verdict) {
        let Some(way) = &verdict.way else { return };
        self.line("");
        self.line(&format!("#### {}", way_title(way)));
        for action in &way.actions {
            // A line that is too long for the page would take what follows with it.
            let named: Vec<String> =
                action.rules.iter().take(NAMED_RULES).map(|rule| literal(rule)).collect();
            let more = action.rules.len().saturating_sub(NAMED_RULES);
            let rules = match (named.is_empty(), more) {
                (true, _) => String::new(),
                (false, 0) => format!(" ({})", named.join(", ")),
                (false, more) => format!(" ({} and {more} more)", named.join(", ")),
            };
            self.line(&format!("- {}{rules}", escape(&lasting_action_line(action))));
        }
    }

    /// What a rule says beyond its line in the table.
    fn rule(&mut self, rule: &RuleVerdict) {
        let more = |reason: &Reason| reason.hint.is_some() || !reason.items.is_empty();
        if rule.reasons.len() < 2 && !rule.reasons.iter().any(more) && rule.parts.is_empty() {
            return;
        }
        self.line("");
        self.line(&format!("#### {} {}", rule.outcome.sign(), literal(&rule.name)));
        self.reasons(rule, "");
        self.parts(rule, "");
    }

    fn reasons(&mut self, rule: &RuleVerdict, indent: &str) {
        for reason in &rule.reasons {
            self.line(&format!("{indent}- {}", escape(&reason.message)));
            if let Some(hint) = &reason.hint {
                self.line(&format!("{indent}  - **→ {}**", escape(hint)));
            }
            for item in &reason.items {
                self.line(&format!("{indent}  - {}", item_line(item)));
            }
            if reason.unlisted > 0 {
                self.line(&format!("{indent}  - and {} more", reason.unlisted));
            }
        }
    }

    /// The rules of a group, as a list within the list.
    fn parts(&mut self, rule: &RuleVerdict, indent: &str) {
        let inner = format!("{indent}  ");
        for part in &rule.parts {
            let name = literal(&part.name);
            let (sign, word) = (part.outcome.sign(), part.outcome.word());
            self.line(&format!("{indent}- {sign} {word}: {name}"));
            self.reasons(part, &inner);
            self.parts(part, &inner);
        }
    }

    fn list(&mut self, title: &str, lines: impl Iterator<Item = String>) {
        for (index, line) in lines.enumerate() {
            if index == 0 {
                self.line("");
                self.line(&format!("#### {title}"));
            }
            self.line(&format!("- {line}"));
        }
    }

    pub(super) fn finish(mut self) -> String {
        if self.left_out > 0 {
            let s = if self.left_out == 1 { "" } else { "s" };
            self.out.push_str(&format!(
                "\n_{} line{s} did not fit here; `gate check --format json` has them all._\n",
                self.left_out
            ));
        }
        self.out
    }
}

fn item_line(item: &Item) -> String {
    let place = match &item.location {
        Some(location) => escape(&Message::default().quote(location.to_string()).say(" ")),
        None => String::new(),
    };
    let waived = if item.waived { " (waived)" } else { "" };
    format!("{place}{}{waived}", escape(&item.message))
}

/// A message as markdown: our words as they are, foreign ones as code.
pub(super) fn escape(message: &Message) -> String {
    let part = |part: &Part| match part {
        Part::Said(text) => text.replace('<', "&lt;"),
        Part::Quoted(text) => code(text),
    };
    message.parts().iter().map(part).collect()
}

/// The same within a table, where a bar ends the cell even in code.
fn cell(message: &Message) -> String {
    escape(message).replace('|', "\\|")
}

/// Foreign text as a code span: fenced by more backticks than it holds in a row.
fn code(text: &str) -> String {
    let text = harmless(text);
    let text = text.trim();
    if text.is_empty() {
        return "(nothing)".to_owned();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Text of the policy's author as plain words: markup characters are escaped, and what GitHub would
/// link or notify is broken by an invisible joiner.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in harmless(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' | '#' | ':' => {
                out.push(c);
                out.push('\u{2060}');
            }
            c if c.is_ascii_punctuation() && !matches!(c, ',' | '.' | '-' | '/' | '\'') => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.replace("www.", "www\u{2060}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_leave_its_code_span() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("x\n## y"), "`x ## y`");
        assert_eq!(code("<img src=x> @admin #1"), "`<img src=x> @admin #1`");
        assert_eq!(code("  "), "(nothing)");
    }

    #[test]
    fn names_of_rules_are_plain_words() {
        assert_eq!(literal("*all* [x](y) <b>"), r"\*all\* \[x\]\(y\) &lt;b&gt;");
        assert_eq!(literal("ask @org/team"), "ask @\u{2060}org/team");
    }

    #[test]
    fn a_bar_does_not_end_a_cell() {
        assert_eq!(cell(&Message::default().quote("a|b")), r"`a\|b`");
    }
}

//! What is to be said: a verdict, or why there is none.

use gate_core::{
    Verdict,
    measure::{Message, Outcome},
    policy::{Policy, PolicyError},
    render::{self, AnnotationLevel, Colour},
};

use crate::{
    github::{self, Annotation},
    ids::PullRequestNumber,
};

/// GitHub takes so many bytes in a summary, and as many characters in a comment; some are kept for
/// what is said beside the verdict.
const MOST_BYTES: usize = 60_000;
/// The most of a foreign text that is shown beside a verdict.
const MOST_BLOCK: usize = 20_000;

/// What is to be said on a commit.
#[derive(Debug, Clone)]
pub struct Statement {
    /// How it came out; decides the check's conclusion.
    pub outcome: Outcome,
    /// One line.
    pub title: String,
    /// Markdown.
    pub summary: String,
    /// Remarks at lines.
    pub annotations: Vec<Annotation>,
    /// Markdown too: the same for the conversation.
    pub comment: String,
}

impl Statement {
    /// A verdict, as its policy wants it told.
    #[must_use]
    pub fn of(verdict: &Verdict, policy: &Policy) -> Self {
        let mut annotations = render::annotations(verdict);
        let all = annotations.len();
        annotations.truncate(policy.annotations());
        let mut summary = render::markdown(verdict, MOST_BYTES);
        if annotations.len() < all {
            summary.push_str(&format!(
                "\n_{} of {all} places are shown beside the code; `annotations` in the policy says how \
                 many are._\n",
                annotations.len()
            ));
        }
        Self {
            outcome: verdict.outcome,
            title: verdict.title.to_string(),
            summary,
            annotations: annotations.iter().map(annotation).collect(),
            comment: render::comment(verdict, MOST_BYTES),
        }
    }

    /// A policy that cannot be used: nothing can be judged, and so nothing passes.
    #[must_use]
    pub fn of_broken_policy(origin: &str, text: &str, error: &PolicyError) -> Self {
        let problems = render::problems(origin, text, error, Colour::Never);
        let mut summary =
            format!("The policy `{origin}` cannot be used, so nothing was judged.\n\n");
        summary.push_str(&block(&problems));
        Self::plain(Outcome::Failed, format!("The policy cannot be used: {error}"), summary)
    }

    /// Something that kept the gate from judging.
    #[must_use]
    pub fn undecided(title: &str, why: &Message) -> Self {
        let title = format!("Inconclusive: {title}");
        Self::plain(Outcome::Inconclusive, title, block(&why.to_string()))
    }

    /// The policy was taken out while a check waited. There is no verdict, and so no pass: who wants no
    /// gate takes the required check away too.
    #[must_use]
    pub fn without_policy() -> Self {
        let summary = "This check waited, and meanwhile the policy `.github/gate.yml` was taken out of the \
             base branch, and the organisation has none. There is nothing to judge by, and so nothing \
             passes.\n\n\
             **What to do:** put the policy back; the next event judges by it. Or, if there shall be no \
             gate, take the check `gate` out of the branch protection or the ruleset."
            .to_owned();
        let title = "Inconclusive: the base branch has no policy any more".to_owned();
        let comment = "### ? No gate\n\nThe base branch has no policy any more, so there is nothing to judge \
             by."
            .to_owned();
        Self { comment, ..Self::plain(Outcome::Inconclusive, title, summary) }
    }

    /// It could not be judged, however often it was tried.
    #[must_use]
    pub fn parked(why: &str) -> Self {
        let summary = format!(
            "The gate tried several times, and could not judge this:\n\n{}\n\n\
             **What to do:** it is tried again at the next event and with every sweep; the button \
             **Re-evaluate** tries it now. Where a permission is missing, accept the App's permissions in \
             the settings of its installation. The log of gate-app says more.",
            block(why)
        );
        let title = "Inconclusive: this could not be judged".to_owned();
        Self::plain(Outcome::Inconclusive, title, summary)
    }

    pub(crate) fn plain(outcome: Outcome, title: String, summary: String) -> Self {
        let heading = Message::default().quote(&title);
        let comment = format!("### {} {heading}\n\n{summary}", outcome.sign());
        Self { outcome, title, summary, annotations: Vec::new(), comment }
    }

    /// Adds a section.
    #[must_use]
    pub fn with(mut self, section: &str) -> Self {
        for text in [&mut self.summary, &mut self.comment] {
            text.push_str("\n\n");
            text.push_str(section);
        }
        self
    }

    /// The worst of several: a check stands on a commit, and pull requests may share it.
    #[must_use]
    pub fn worst(mut statements: Vec<(PullRequestNumber, Self)>) -> Option<Self> {
        // In one order, whichever of them asks.
        statements.sort_by_key(|(number, _)| *number);
        let shared: Vec<String> =
            statements.iter().map(|(number, _)| format!("#{number}")).collect();
        let outcome = statements.iter().map(|(_, statement)| statement.outcome).max()?;
        let (number, worst) =
            statements.into_iter().find(|(_, statement)| statement.outcome == outcome)?;
        if shared.len() < 2 {
            return Some(worst);
        }
        let shared = shared.join(", ");
        let title = format!("{} (#{number}, the worst of {shared})", worst.title);
        let section = format!(
            "This commit is the head of {shared}. The check stands on the commit, so it says the \
             worst: that of #{number}."
        );
        Some(Self { title, ..worst }.with(&section))
    }
}

/// Text as it stands, which no backtick in it can end. What is too long is cut, and says so.
fn block(text: &str) -> String {
    let text = text.trim_end();
    let cut = text.floor_char_boundary(MOST_BLOCK);
    let (shown, rest) = text.split_at(cut);
    let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    let more = match rest.len() {
        0 => String::new(),
        left => format!("\n\n_{left} more bytes are not shown._"),
    };
    format!("{fence}text\n{shown}\n{fence}{more}")
}

/// What the policy at a pull request's head would say; to be shown, never to judge by. The pull
/// request may have changed it, or the base branch since it was begun: it says what is, not why.
#[must_use]
pub fn proposal(
    (origin, text): (&str, &str),
    extended: Option<&str>,
    judge: impl FnOnce(&Policy) -> Verdict,
) -> String {
    if let (Some(other), None) = (Policy::extends(text), extended) {
        return format!(
            "#### The head has another policy than the base branch\n\nThe verdict is by the base \
             branch's. What the head's extends is another one, which is read only once it stands on \
             the base branch:\n\n{}",
            block(&other.to_string())
        );
    }
    match Policy::parse_extending(text, extended) {
        Err(error) => format!(
            "#### The head has another policy than the base branch, and it cannot be used\n\n{}",
            block(&render::problems(origin, text, &error, Colour::Never))
        ),
        Ok(policy) => {
            let verdict = judge(&policy);
            format!(
                "#### The head has another policy than the base branch\n\nThe verdict is by the base \
                 branch's. By the head's, with the evidence at hand, it would be: **{}**\n\n{}",
                verdict.outcome,
                block(&verdict.title.to_string())
            )
        }
    }
}

fn annotation(annotation: &render::Annotation) -> Annotation {
    Annotation {
        path: annotation.path.to_string(),
        start_line: annotation.start_line,
        end_line: annotation.end_line,
        level: match annotation.level {
            AnnotationLevel::Failure => github::AnnotationLevel::Failure,
            AnnotationLevel::Warning => github::AnnotationLevel::Warning,
            AnnotationLevel::Notice | _ => github::AnnotationLevel::Notice,
        },
        title: Some(annotation.title.clone()),
        message: annotation.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_two_characters_and_its_fence_is_closed() {
        let shown = block(&format!("x{}", "🦀".repeat(6_000)));
        assert!(shown.len() < MOST_BLOCK + 100, "{}", shown.len());
        assert!(shown.ends_with("\n```\n\n_4004 more bytes are not shown._"), "{shown}");
        assert_eq!(block("a ``` b"), "````text\na ``` b\n````");
    }
}

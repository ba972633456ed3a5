//! Every code with what mends it, so that the compiler asks about each new one.

use crate::{
    measure::Outcome,
    rule::{Code, Detail, Mend, Reason, Repair, Step},
};

/// What mends a reason of this code.
enum Remedy {
    /// Nothing has to be.
    None,
    /// The rule says it with the reason ([`Reason::mended_by`]).
    Stated,
    /// What is to be mended stands in the reason.
    Told(Repair),
}

const fn remedy(code: Code) -> Remedy {
    match code {
        Code::CoverageAtMinimum
        | Code::CoverageNotDropped
        | Code::BestHeld
        | Code::DriftWithinBudget
        | Code::NothingChanged
        | Code::CoveredAsBefore
        | Code::SmallChange
        | Code::NotIntroduced
        | Code::FindingsWithinMaximum
        | Code::VulnerabilitiesWithinMaximum
        | Code::TestsAtMinimum
        | Code::TestFailuresWithinMaximum
        | Code::TestErrorsWithinMaximum
        | Code::SkippedTestsWithinMaximum
        | Code::FlakyTestsWithinMaximum
        | Code::VanishedTestsWithinMaximum
        | Code::MetricWithinBar
        | Code::MetricNotWorse
        | Code::ConditionNotMet
        | Code::NotRolledOut
        | Code::AnyOf
        | Code::AllOf
        | Code::LabelsFit
        | Code::TitleFits
        | Code::ChangesFit
        | Code::ChecksSucceeded
        | Code::Approved
        | Code::ConversationsResolved
        | Code::ProtectionHeld
        | Code::CommitsFit
        | Code::NothingWeakened
        | Code::WeakeningApproved
        | Code::CodeOwnersApproved
        | Code::CodeOwnersLineSkipped
        | Code::LastPushApproved => Remedy::None,
        Code::CoverageBelowMinimum
        | Code::CoverageDropped
        | Code::BestLost
        | Code::DriftBeyondBudget
        | Code::FindingsAboveMaximum
        | Code::VulnerabilitiesAboveMaximum
        | Code::TestsBelowMinimum
        | Code::TestFailuresAboveMaximum
        | Code::TestErrorsAboveMaximum
        | Code::SkippedTestsAboveMaximum
        | Code::FlakyTestsAboveMaximum
        | Code::VanishedTestsAboveMaximum
        | Code::MetricBeyondBar
        | Code::MetricWorse
        | Code::LabelMissing
        | Code::LabelForbidden
        | Code::TitleMisfits
        | Code::ChangeMissing
        | Code::ChangeForbidden
        | Code::ChangeTooLarge
        | Code::CheckFailed
        | Code::CheckAwaited
        | Code::ApprovalMissing
        | Code::ChangesRequested
        | Code::ApprovalUndecided
        | Code::CodeOwnerMissing
        | Code::CodeOwnerUndecided
        | Code::LastPushUnapproved
        | Code::LastPushUndecided
        | Code::ConversationUnresolved
        | Code::CommitUnverified
        | Code::CommitMessageMisfits
        | Code::CommitMergeForbidden
        | Code::WeakeningUnapproved => Remedy::Stated,
        Code::ReportMissing
        | Code::ReportBroken
        | Code::ReportAwaited
        | Code::ReportOverdue
        | Code::ReportOfAnotherKind
        | Code::TooLittleExamined
        | Code::ReachUnknown
        | Code::LeftUnread
        | Code::FindingsHidden
        | Code::NothingMeasured
        | Code::ChangedFileUnmeasured
        | Code::MetricMissing => Remedy::Told(Repair::Report),
        Code::BaselineMissing
        | Code::BaselineBroken
        | Code::BaselineAwaited
        | Code::HistoryMissing
        | Code::HistoryBroken => Remedy::Told(Repair::Baseline),
        Code::PullRequestMissing
        | Code::PullRequestBroken
        | Code::PullRequestAwaited
        | Code::ChangesMissing
        | Code::ChangesBroken
        | Code::ChangesAwaited
        | Code::ConditionUndecided
        | Code::ProtectionUnknown
        | Code::CodeOwnersUnknown
        | Code::CommitsMissing
        | Code::CommitsBroken
        | Code::CommitsAwaited
        | Code::CommitSignatureUnknown => Remedy::Told(Repair::PullRequest),
        Code::CheckMissing | Code::ProtectionMissing | Code::WeakeningForbidden => {
            Remedy::Told(Repair::Rule)
        }
    }
}

/// What turns a reason that is in the way and for which its rule names no steps.
pub(super) fn by_its_code(reason: &Reason) -> Mend {
    let what = reason.message.to_string();
    let step = match (reason.outcome, remedy(reason.code)) {
        (Outcome::Pending, _) => Step::Wait { what, until: None },
        (_, Remedy::Told(of)) => Step::Repair { of, what },
        (_, Remedy::Stated | Remedy::None) => Step::Repair { of: Repair::Rule, what },
    };
    let words = match &reason.hint {
        Some(hint) => reason.message.clone().say("; ").then(hint),
        None => reason.message.clone(),
    };
    Mend::all([(step, Detail::Words(words))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Message;

    #[test]
    fn what_nobody_can_name_steps_for_is_told_as_the_reason_tells_it() {
        for &code in Code::ALL {
            let reason = Reason::new(code, Outcome::Inconclusive, Message::new("it is broken"));
            let reason = reason.hint(Message::new("mend it"));
            let Mend::Gain(gain) = by_its_code(&reason) else { panic!("{code:?}") };
            assert_eq!((gain.need, gain.offers.len()), (1, 1), "{code:?}");
        }
    }
}

//! What a test expects of the App. It waits until it is so, and says what there was if it never is.

use std::{
    sync::PoisonError,
    time::{Duration, Instant},
};

use super::{
    FakeGitHub, Pull,
    data::{CheckRun, Comment, GitHub},
};

/// What there is in place of what is expected.
type Instead = String;

impl FakeGitHub {
    /// The newest check run of the App at a commit has this conclusion (or is in progress, without one)
    /// and a title with these words.
    ///
    /// # Panics
    ///
    /// If it is not so in time.
    #[track_caller]
    pub fn expect_check(&self, head: &str, conclusion: Option<&str>, title: &str) -> CheckRun {
        self.wait(&format!("a check run at {head}: {conclusion:?}, {title:?}"), |github| {
            let GitHub { repositories, app, .. } = github;
            let runs = repositories.iter_mut().flat_map(|it| it.check_runs.iter_mut());
            let newest = runs.filter(|it| it.head == head && it.is_of(app)).max_by_key(|it| it.id);
            let Some(run) = newest else { return Err("there is none".to_owned()) };
            let shown = run.title.clone().unwrap_or_default();
            let finished = run.status == "completed";
            if run.conclusion.as_deref() == conclusion
                && finished == conclusion.is_some()
                && shown.contains(title)
            {
                run.seen = true;
                return Ok(run.clone());
            }
            Err(format!("{} {:?} {shown:?}\n{:?}", run.status, run.conclusion, run.summary))
        })
    }

    /// The App has written nothing at this commit.
    ///
    /// # Panics
    ///
    /// If it has.
    #[track_caller]
    pub fn expect_no_check(&self, head: &str) {
        let github = self.data();
        let all = github.repositories.iter().flat_map(|it| &it.check_runs);
        let own: Vec<_> = all.filter(|it| it.head == head && it.is_of(&github.app)).collect();
        assert!(own.is_empty(), "the App wrote {own:?}");
    }

    /// The App has one comment on the pull request, and it has these words.
    ///
    /// # Panics
    ///
    /// If it is not so in time.
    #[track_caller]
    pub fn expect_comment(&self, pull: &Pull, words: &str) -> Comment {
        self.wait(&format!("one comment on #{} with {words:?}", pull.number), |github| {
            let comments = &mut github.repository(&pull.repository).comments;
            let own = |it: &&mut Comment| it.number == pull.number && it.app.is_some();
            let mut own: Vec<&mut Comment> = comments.iter_mut().filter(own).collect();
            let instead = own.iter().map(|it| it.body.clone()).collect::<Vec<_>>().join("\n---\n");
            match own.as_mut_slice() {
                [one] if one.body.contains(words) => {
                    one.seen = true;
                    Ok(one.clone())
                }
                _ => Err(format!("{} comments: {instead}", own.len())),
            }
        })
    }

    /// All webhooks that are not held back have been brought, and answered or not.
    ///
    /// # Panics
    ///
    /// If they are not in time.
    #[track_caller]
    pub fn delivered(&self) {
        self.wait("webhooks brought", |github| {
            let left = github.mail.outbox.len() + github.mail.in_flight;
            if left == 0 { Ok(()) } else { Err(format!("{left} are on their way")) }
        });
    }

    /// Waits until `look` finds what it looks for.
    ///
    /// # Panics
    ///
    /// If it does not in time, with what it found in its place.
    #[track_caller]
    pub fn wait<T>(
        &self,
        expected: &str,
        mut look: impl FnMut(&mut GitHub) -> Result<T, Instead>,
    ) -> T {
        let until = Instant::now() + self.patience;
        let mut github = self.shared.data();
        loop {
            let instead = match look(&mut github) {
                Ok(found) => return found,
                Err(instead) => instead,
            };
            // What the fake refused is why the App could not do it.
            let left = until.saturating_duration_since(Instant::now());
            if left == Duration::ZERO {
                let unexpected = std::mem::take(&mut github.unexpected);
                drop(github);
                panic!("expected {expected}; {instead}\nunexpected: {unexpected:#?}");
            }
            let waited = self.shared.changed.wait_timeout(github, left);
            github = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

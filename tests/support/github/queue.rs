//! How pull requests are merged: at once, or by way of the merge queue.

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    FakeGitHub, Pull,
    data::{GitHub, MergeGroup},
    events,
};

impl FakeGitHub {
    /// Merges it with a merge commit, which is the answer.
    #[track_caller]
    pub fn merge(&self, pull: &Pull) -> String {
        self.edit(pull, "closed", &json!({}), |it| {
            it.state = "closed".to_owned();
            it.merged = true;
        });
        let github = &mut *self.data();
        let at = github.position(&pull.repository);
        let it = github.repositories[at].pull_requests[&pull.number].clone();
        let before = github.repositories[at].branches[&it.base].clone();
        let after = github.merged(&before, &it.head_sha);
        github.repositories[at].branches.insert(it.base.clone(), after.clone());
        events::push(github, at, &it.base, &before, &after);
        github.requested_suite(at, &after);
        github.pulls_follow(at, &it.base, &before, &after);
        after
    }

    /// Puts it into the merge queue, behind those that are there.
    #[track_caller]
    pub fn enqueue(&self, pull: &Pull) -> MergeGroup {
        self.edit(pull, "enqueued", &json!({}), |_| {});
        let github = &mut *self.data();
        let at = github.position(&pull.repository);
        let it = github.repositories[at].pull_requests[&pull.number].clone();
        let before = github.repositories[at].merge_groups.last().map(|it| it.head.clone());
        let base_sha = before.unwrap_or_else(|| github.repositories[at].branches[&it.base].clone());
        let head = github.merged(&base_sha, &it.head_sha);
        let group = MergeGroup {
            id: github.id(),
            number: it.number,
            head: head.clone(),
            head_ref: format!(
                "refs/heads/gh-readonly-queue/{}/pr-{}-{base_sha}",
                it.base, it.number
            ),
            base_sha,
            base: it.base,
            enqueued_at: github.now(),
        };
        github.repositories[at].merge_groups.push(group.clone());
        github.requested_suite(at, &head);
        events::merge_group(github, at, group.id, None);
        group
    }

    /// A group comes whose branch is called so.
    #[track_caller]
    pub fn enqueue_as(&self, pull: &Pull, head_ref: &str) -> MergeGroup {
        let github = &mut *self.data();
        let at = github.position(&pull.repository);
        let it = github.repositories[at].pull_requests[&pull.number].clone();
        let base_sha = github.repositories[at].branches[&it.base].clone();
        let head = github.merged(&base_sha, &it.head_sha);
        let group = MergeGroup {
            id: github.id(),
            number: it.number,
            head: head.clone(),
            head_ref: head_ref.to_owned(),
            base_sha,
            base: it.base,
            enqueued_at: github.now(),
        };
        github.repositories[at].merge_groups.push(group.clone());
        github.requested_suite(at, &head);
        events::merge_group(github, at, group.id, None);
        group
    }

    /// Takes a group out of the queue: `merged`, `invalidated` or `dequeued`.
    #[track_caller]
    pub fn leave_queue(&self, pull: &Pull, reason: &str) {
        let found = {
            let github = &mut *self.data();
            let at = github.position(&pull.repository);
            let groups = &github.repositories[at].merge_groups;
            let id = groups.iter().find(|it| it.number == pull.number).map(|it| it.id);
            let id = id.unwrap_or_else(|| panic!("#{} is in no queue", pull.number));
            events::merge_group(github, at, id, Some(reason));
            github.repositories[at].merge_groups.retain(|it| it.id != id);
            reason == "merged"
        };
        if !found {
            self.edit(pull, "dequeued", &json!({"reason": "MANUAL"}), |_| {});
        }
    }
}

impl GitHub {
    /// A commit that merges `head` into `base`: what `head` changed is done to `base`.
    fn merged(&mut self, base: &str, head: &str) -> String {
        let nothing = BTreeMap::new();
        let before = self.merge_base(base, head);
        let before = before.map_or(nothing, |it| self.commits[&it].files.clone());
        let after = self.commits[head].files.clone();
        let gone =
            before.keys().filter(|it| !after.contains_key(*it)).map(|it| (it.as_str(), None));
        let changed = after
            .iter()
            .filter(|(path, bytes)| before.get(*path) != Some(bytes))
            .map(|(path, bytes)| (path.as_str(), Some(bytes.as_slice())));
        let changes: Vec<(&str, Option<&[u8]>)> = gone.chain(changed).collect();
        self.commit(&[base.to_owned(), head.to_owned()], &changes, "github")
    }
}

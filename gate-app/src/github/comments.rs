//! The one comment: ours, by our App and by a hidden marker.

use serde::Deserialize;
use serde_json::json;

use crate::ids::{AppId, CommentId, PullRequestNumber};

use super::{Error, Repository, route::Method, send::Enough};

/// GitHub counts characters, and UTF-16 has up to two units for one: this is safe by both.
const MOST: usize = 65_536;
const CUT: &str = "\n\n_Cut here: GitHub takes no more._";

/// A comment of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// What it says.
    pub body: String,
}

#[derive(Deserialize)]
struct Raw {
    id: u64,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    performed_via_github_app: Option<RawApp>,
}

#[derive(Deserialize)]
struct RawApp {
    id: u64,
}

impl From<Raw> for Comment {
    fn from(raw: Raw) -> Self {
        Self { id: CommentId(raw.id), body: raw.body.unwrap_or_default() }
    }
}

impl Repository {
    /// Our comments with this marker, the oldest first, by whatever name we go: a stranger's copy of the
    /// marker is not ours.
    ///
    /// # Errors
    ///
    /// If a page cannot be read.
    pub async fn find_comments(
        &self,
        number: PullRequestNumber,
        marker: &str,
    ) -> Result<Vec<Comment>, Error> {
        let app = self.github.app_id();
        let template = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
        let route =
            self.route(Method::Get, template, &[&number.to_string()]).with(&[("per_page", "100")]);
        let mut found = Vec::new();
        self.github
            .pages(self.who(), route, |page: Vec<Raw>| {
                found.extend(page.into_iter().filter(|raw| {
                    let by = raw.performed_via_github_app.as_ref().map(|app| AppId(app.id));
                    by == Some(app) && raw.body.as_ref().is_some_and(|body| body.contains(marker))
                }));
                Enough::No
            })
            .await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// Writes a comment that begins with the marker. An answer that was lost is looked up. Nothing is
    /// sent again at once: what was sent may still be on its way, and there would be two.
    ///
    /// # Errors
    ///
    /// If GitHub declines or cannot be reached.
    pub async fn create_comment(
        &self,
        number: PullRequestNumber,
        marker: &str,
        body: &str,
    ) -> Result<Comment, Error> {
        match self.post_comment(number, marker, body).await {
            Err(error) if error.may_have_happened() => {
                self.find_comments(number, marker).await?.into_iter().next().ok_or(error)
            }
            posted => posted,
        }
    }

    /// Says something else in a comment.
    ///
    /// # Errors
    ///
    /// If there is no such comment, or the call fails.
    pub async fn update_comment(
        &self,
        id: CommentId,
        marker: &str,
        body: &str,
    ) -> Result<Comment, Error> {
        let template = "/repos/{owner}/{repo}/issues/comments/{comment_id}";
        let route = self.route(Method::Patch, template, &[&id.to_string()]);
        let body = json!({ "body": marked(marker, body) });
        self.github.json::<Raw>(self.who(), &route, Some(&body)).await.map(Into::into)
    }

    /// Takes a comment away. One that is gone already is no error.
    ///
    /// # Errors
    ///
    /// If GitHub declines or cannot be reached.
    pub async fn delete_comment(&self, id: CommentId) -> Result<(), Error> {
        let template = "/repos/{owner}/{repo}/issues/comments/{comment_id}";
        let route = self.route(Method::Delete, template, &[&id.to_string()]);
        match self.github.done(self.who(), &route).await {
            Err(Error::NotFound { .. }) => Ok(()),
            done => done,
        }
    }

    async fn post_comment(
        &self,
        number: PullRequestNumber,
        marker: &str,
        body: &str,
    ) -> Result<Comment, Error> {
        let template = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
        let route = self.route(Method::Post, template, &[&number.to_string()]);
        let body = json!({ "body": marked(marker, body) });
        self.github.json::<Raw>(self.who(), &route, Some(&body)).await.map(Into::into)
    }
}

/// A comment as it is sent: the marker first, where no cut can reach it, and no more than GitHub takes.
#[must_use]
pub fn marked(marker: &str, body: &str) -> String {
    let body = body.strip_prefix(marker).unwrap_or(body).trim_start_matches('\n');
    let whole = format!("{marker}\n{body}");
    if whole.encode_utf16().count() <= MOST {
        return whole;
    }
    let room = MOST.saturating_sub(CUT.len());
    let mut units = 0_usize;
    let fits = |c: &char| {
        units = units.saturating_add(c.len_utf16());
        units <= room
    };
    let mut cut: String = whole.chars().take_while(fits).collect();
    cut.push_str(CUT);
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_comment_is_cut_behind_its_marker() {
        let body = marked("<!-- gate -->", &"🦀".repeat(40_000));
        assert!(body.encode_utf16().count() <= MOST);
        assert!(body.starts_with("<!-- gate -->\n🦀") && body.ends_with(CUT));
        assert_eq!(marked("<!-- gate -->", "<!-- gate -->\nhello"), "<!-- gate -->\nhello");
    }
}

//! The one comment of the App on a pull request, so that it is found again, an unchanged one costs no
//! write, and one whose answer was lost is looked for before another is made.
//!
//! As with checks, a write has three steps: [`Store::begin_comment`], the call to GitHub,
//! [`Store::note_comment`]. Between the first and the last it is not known what stands at GitHub.

use gate_core::measure::Digest;

use crate::ids::{CommentId, PullRequestNumber, RepositoryId};

use super::{
    Noted, Store, StoreError,
    convert::read_digest,
    db::{Row, Sql, args},
};

/// What is known of the comment on a pull request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comment {
    /// The comment; none when none is known.
    pub id: Option<CommentId>,
    /// The digest of what was last said, or was to be said and declined.
    pub digest: Option<Digest>,
    /// Whether that is all there is to know. If not, one may stand there that nobody knows of.
    pub is_settled: bool,
}

const COMMENT: Sql = Sql::new(
    "look up a comment",
    "SELECT comment, digest, settled FROM comments WHERE repository = $1 AND number = $2",
);

const BEGIN: Sql = Sql::new(
    "begin a comment",
    "INSERT INTO comments (repository, number, begun, settled) VALUES ($1, $2, $3, 0)
     ON CONFLICT (repository, number) DO UPDATE SET begun = excluded.begun, settled = 0
     WHERE comments.begun <= excluded.begun
     RETURNING comment",
);

const NOTE: Sql = Sql::new(
    "note a comment",
    "UPDATE comments SET settled = 1, comment = $4, digest = $5
     WHERE repository = $1 AND number = $2 AND begun = $3",
);

impl Store {
    /// What is known of the App's comment on a pull request; nothing when nobody ever looked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn comment(
        &self,
        repository: RepositoryId,
        number: PullRequestNumber,
    ) -> Result<Option<Comment>, StoreError> {
        self.db.row(&COMMENT, args![repository, number]).await?.as_ref().map(read).transpose()
    }

    /// Asks for leave to write the comment, by the evaluation `sequence`. None to one that is older
    /// than the last that asked.
    ///
    /// # Errors
    /// When the database fails; then nothing may be written.
    pub async fn begin_comment(
        &self,
        repository: RepositoryId,
        number: PullRequestNumber,
        sequence: u64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let row = tx.row(&BEGIN, args![repository, number, sequence.cast_signed()]).await?;
        tx.commit().await?;
        Ok(row.is_some())
    }

    /// Notes what came of it: the comment, if there is one, and what was said.
    ///
    /// # Errors
    /// When the database fails; what stands at GitHub stays unknown.
    pub async fn note_comment(
        &self,
        (repository, number): (RepositoryId, PullRequestNumber),
        sequence: u64,
        (id, digest): (Option<CommentId>, Option<&Digest>),
    ) -> Result<Noted, StoreError> {
        let digest = digest.map(Digest::as_str);
        let args = args![repository, number, sequence.cast_signed(), id, digest];
        let noted = self.db.run(&NOTE, args).await?;
        Ok(if noted == 1 { Noted::Kept } else { Noted::Overtaken })
    }
}

fn read(row: &Row) -> Result<Comment, StoreError> {
    Ok(Comment {
        id: row.get::<Option<i64>>(0)?.map(|id| CommentId(id.cast_unsigned())),
        digest: row.get::<Option<String>>(1)?.map(|digest| read_digest(&digest)).transpose()?,
        is_settled: row.get::<i64>(2)? == 1,
    })
}

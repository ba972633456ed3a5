-- Its twin is ../postgres/0004_quota_and_baselines.sql.

-- Deliveries that failed, and how often GitHub was asked for each again. `attempt` is GitHub's id of
-- the newest attempt, `refused` whether we answered that it cannot be used; without `due` it is given
-- up.
CREATE TABLE redeliveries (
    delivery  TEXT NOT NULL PRIMARY KEY,
    attempt   INTEGER NOT NULL,
    refused   INTEGER NOT NULL,
    failed_at INTEGER NOT NULL,
    asked     INTEGER NOT NULL,
    due       INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX redeliveries_due ON redeliveries (due) WHERE due IS NOT NULL;

-- The branch that a pull request goes to, so that a push to it is known to be one to a base.
ALTER TABLE subjects ADD COLUMN base TEXT;
CREATE INDEX subjects_by_base ON subjects (repository, base) WHERE base IS NOT NULL;

-- Pull requests that were compared with something older than this commit, or with nothing, because
-- it had no evidence when they were judged.
CREATE TABLE baseline_waits (
    repository INTEGER NOT NULL,
    head       TEXT NOT NULL,
    number     INTEGER NOT NULL,
    noted_at   INTEGER NOT NULL,
    PRIMARY KEY (repository, head, number)
) STRICT, WITHOUT ROWID;

-- Answers of GitHub with the tag by which it is asked whether they still hold.
CREATE TABLE answers (
    installation INTEGER NOT NULL,
    address      TEXT NOT NULL,
    tag          TEXT NOT NULL,
    answer       TEXT NOT NULL,
    kept_at      INTEGER NOT NULL,
    PRIMARY KEY (installation, address)
) STRICT;

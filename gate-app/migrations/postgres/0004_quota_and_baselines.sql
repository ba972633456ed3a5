-- Its twin is ../sqlite/0004_quota_and_baselines.sql.

-- Deliveries that failed, and how often GitHub was asked for each again. `attempt` is GitHub's id of
-- the newest attempt, `refused` whether we answered that it cannot be used; without `due` it is given
-- up.
CREATE TABLE redeliveries (
    delivery  TEXT NOT NULL PRIMARY KEY,
    attempt   BIGINT NOT NULL,
    refused   BIGINT NOT NULL,
    failed_at BIGINT NOT NULL,
    asked     BIGINT NOT NULL,
    due       BIGINT
);
CREATE INDEX redeliveries_due ON redeliveries (due) WHERE due IS NOT NULL;

-- The branch that a pull request goes to, so that a push to it is known to be one to a base.
ALTER TABLE subjects ADD COLUMN base TEXT;
CREATE INDEX subjects_by_base ON subjects (repository, base) WHERE base IS NOT NULL;

-- Pull requests that were compared with something older than this commit, or with nothing, because
-- it had no evidence when they were judged.
CREATE TABLE baseline_waits (
    repository BIGINT NOT NULL,
    head       TEXT NOT NULL,
    number     BIGINT NOT NULL,
    noted_at   BIGINT NOT NULL,
    PRIMARY KEY (repository, head, number)
);

-- Answers of GitHub with the tag by which it is asked whether they still hold.
CREATE TABLE answers (
    installation BIGINT NOT NULL,
    address      TEXT NOT NULL,
    tag          TEXT NOT NULL,
    answer       TEXT NOT NULL,
    kept_at      BIGINT NOT NULL,
    PRIMARY KEY (installation, address)
);

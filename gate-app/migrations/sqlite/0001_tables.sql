-- The tables of the store. Its twin is ../postgres/0001_tables.sql; a test compares their columns.
-- Times are milliseconds since 1970, truths are 0 and 1, what has a shape of its own is JSON text.

-- Every webhook delivery that was processed: its marks were made in the same transaction.
CREATE TABLE deliveries (
    delivery     TEXT NOT NULL PRIMARY KEY,
    event        TEXT NOT NULL,
    action       TEXT,
    installation INTEGER,
    repository   INTEGER,
    received_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_received_at ON deliveries (received_at);

-- Repositories as they are called now, and by which installation the App sees them.
CREATE TABLE repositories (
    repository   INTEGER NOT NULL PRIMARY KEY,
    owner        TEXT NOT NULL,
    name         TEXT NOT NULL,
    installation INTEGER,
    known_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX repositories_by_name ON repositories (lower(owner), lower(name));
CREATE INDEX repositories_by_installation ON repositories (installation);

-- Whose turn it is: the fence of the last claim in each repository. Apart from `repositories`, so
-- that a claim and a webhook of one repository do not wait for each other.
CREATE TABLE queues (
    repository INTEGER NOT NULL PRIMARY KEY,
    served     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is judged. `due` is when a worker may take it (null: nothing to do), which covers a mark, a
-- retry, a deadline and a lease that ran out; the other columns say why.
CREATE TABLE subjects (
    repository    INTEGER NOT NULL,
    key           TEXT NOT NULL,
    kind          TEXT NOT NULL,
    number        INTEGER,
    head          TEXT,
    is_open       INTEGER NOT NULL,
    known_at      INTEGER NOT NULL,
    due           INTEGER,
    priority      INTEGER NOT NULL,
    dirty_since   INTEGER,
    working_since INTEGER,
    not_before    INTEGER,
    worker        TEXT,
    lease_until   INTEGER,
    fence         INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    evaluated_at  INTEGER,
    parked        TEXT,
    parked_at     INTEGER,
    PRIMARY KEY (repository, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX subjects_due ON subjects (due) WHERE due IS NOT NULL;
CREATE INDEX subjects_due_in_repository ON subjects (repository, priority, due) WHERE due IS NOT NULL;
CREATE INDEX subjects_claimed ON subjects (repository, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX subjects_by_head ON subjects (repository, head);

-- The last fence that was given out; PostgreSQL has the sequence `fence` instead.
CREATE TABLE fences (
    last INTEGER NOT NULL
) STRICT;
INSERT INTO fences (last) VALUES (0);
CREATE TRIGGER fence_given AFTER UPDATE OF fence ON subjects BEGIN
    UPDATE fences SET last = NEW.fence;
END;

-- What the App wrote on a commit. `begun` is the newest evaluation that began to write, `settled`
-- whether what it wrote is known.
CREATE TABLE published (
    repository   INTEGER NOT NULL,
    head         TEXT NOT NULL,
    begun        INTEGER NOT NULL,
    settled      INTEGER NOT NULL,
    sequence     INTEGER NOT NULL,
    check_run    INTEGER,
    is_completed INTEGER NOT NULL,
    digest       TEXT,
    changed_at   INTEGER NOT NULL,
    PRIMARY KEY (repository, head)
) STRICT, WITHOUT ROWID;

-- The one comment of a pull request.
CREATE TABLE comments (
    repository INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    comment    INTEGER NOT NULL,
    digest     TEXT NOT NULL,
    PRIMARY KEY (repository, number)
) STRICT, WITHOUT ROWID;

-- The bytes of reports, each once.
CREATE TABLE reports (
    digest  TEXT NOT NULL PRIMARY KEY,
    size    INTEGER NOT NULL,
    kept_at INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT;
CREATE INDEX reports_kept_at ON reports (kept_at);

-- Artifacts that were read, and the files that were found in them.
CREATE TABLE artifacts (
    repository INTEGER NOT NULL,
    artifact   INTEGER NOT NULL,
    noted_at   INTEGER NOT NULL,
    PRIMARY KEY (repository, artifact)
) STRICT, WITHOUT ROWID;
CREATE TABLE artifact_files (
    repository INTEGER NOT NULL,
    artifact   INTEGER NOT NULL,
    name       TEXT NOT NULL,
    digest     TEXT NOT NULL,
    PRIMARY KEY (repository, artifact, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX artifact_files_by_digest ON artifact_files (digest);

-- Reports that came by the HTTP door.
CREATE TABLE uploads (
    repository  INTEGER NOT NULL,
    head        TEXT NOT NULL,
    name        TEXT NOT NULL,
    digest      TEXT NOT NULL,
    uploaded_by TEXT NOT NULL,
    uploaded_at INTEGER NOT NULL,
    PRIMARY KEY (repository, head, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_by_digest ON uploads (digest);

-- The evidence of commits of base branches.
CREATE TABLE baselines (
    repository INTEGER NOT NULL,
    head       TEXT NOT NULL,
    evidence   TEXT NOT NULL,
    kept_at    INTEGER NOT NULL,
    PRIMARY KEY (repository, head)
) STRICT;

-- Records of verdicts, which can be replayed.
CREATE TABLE records (
    digest     TEXT NOT NULL PRIMARY KEY,
    repository INTEGER NOT NULL,
    key        TEXT NOT NULL,
    head       TEXT NOT NULL,
    record     TEXT NOT NULL,
    kept_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX records_kept_at ON records (kept_at);

-- What GitHub gave at registration: one row at most.
CREATE TABLE credentials (
    id          INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    credentials TEXT NOT NULL,
    kept_at     INTEGER NOT NULL
) STRICT;

-- Upload tokens, of which only the digest is known.
CREATE TABLE upload_tokens (
    repository INTEGER NOT NULL,
    digest     TEXT NOT NULL,
    kept_at    INTEGER NOT NULL,
    PRIMARY KEY (repository, digest)
) STRICT, WITHOUT ROWID;

-- Periodic work that one of several processes does: when it was last begun.
CREATE TABLE rounds (
    round    TEXT NOT NULL PRIMARY KEY,
    begun_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What never changes once GitHub has said it, so that it is asked for once: the artifacts of a run
-- that has ended, where two commits meet, a commit's parents.
CREATE TABLE facts (
    repository INTEGER NOT NULL,
    name       TEXT NOT NULL,
    fact       TEXT NOT NULL,
    kept_at    INTEGER NOT NULL,
    PRIMARY KEY (repository, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX facts_kept_at ON facts (kept_at);

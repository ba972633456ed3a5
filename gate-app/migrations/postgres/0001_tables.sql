-- The tables of the store. Its twin is ../sqlite/0001_tables.sql; a test compares their columns.
-- Times are milliseconds since 1970, truths are 0 and 1, what has a shape of its own is JSON text.

-- Every webhook delivery that was processed: its marks were made in the same transaction.
CREATE TABLE deliveries (
    delivery     TEXT NOT NULL PRIMARY KEY,
    event        TEXT NOT NULL,
    action       TEXT,
    installation BIGINT,
    repository   BIGINT,
    received_at  BIGINT NOT NULL
);
CREATE INDEX deliveries_received_at ON deliveries (received_at);

-- Repositories as they are called now, and by which installation the App sees them.
CREATE TABLE repositories (
    repository   BIGINT NOT NULL PRIMARY KEY,
    owner        TEXT NOT NULL,
    name         TEXT NOT NULL,
    installation BIGINT,
    known_at     BIGINT NOT NULL
);
CREATE INDEX repositories_by_name ON repositories (lower(owner), lower(name));
CREATE INDEX repositories_by_installation ON repositories (installation);

-- Whose turn it is: the fence of the last claim in each repository. Apart from `repositories`, so
-- that a claim and a webhook of one repository do not wait for each other.
CREATE TABLE queues (
    repository BIGINT NOT NULL PRIMARY KEY,
    served     BIGINT NOT NULL
);

-- What is judged. `due` is when a worker may take it (null: nothing to do), which covers a mark, a
-- retry, a deadline and a lease that ran out; the other columns say why.
CREATE TABLE subjects (
    repository    BIGINT NOT NULL,
    key           TEXT NOT NULL,
    kind          TEXT NOT NULL,
    number        BIGINT,
    head          TEXT,
    is_open       BIGINT NOT NULL,
    known_at      BIGINT NOT NULL,
    due           BIGINT,
    priority      BIGINT NOT NULL,
    dirty_since   BIGINT,
    working_since BIGINT,
    not_before    BIGINT,
    worker        TEXT,
    lease_until   BIGINT,
    fence         BIGINT NOT NULL,
    attempts      BIGINT NOT NULL,
    evaluated_at  BIGINT,
    parked        TEXT,
    parked_at     BIGINT,
    PRIMARY KEY (repository, key)
);
CREATE INDEX subjects_due ON subjects (due) WHERE due IS NOT NULL;
CREATE INDEX subjects_due_in_repository ON subjects (repository, priority, due) WHERE due IS NOT NULL;
CREATE INDEX subjects_claimed ON subjects (repository, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX subjects_by_head ON subjects (repository, head);

-- Gives out the fences; SQLite has the table `fences` instead.
CREATE SEQUENCE fence AS BIGINT;

-- What the App wrote on a commit. `begun` is the newest evaluation that began to write, `settled`
-- whether what it wrote is known.
CREATE TABLE published (
    repository   BIGINT NOT NULL,
    head         TEXT NOT NULL,
    begun        BIGINT NOT NULL,
    settled      BIGINT NOT NULL,
    sequence     BIGINT NOT NULL,
    check_run    BIGINT,
    is_completed BIGINT NOT NULL,
    digest       TEXT,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (repository, head)
);

-- The one comment of a pull request.
CREATE TABLE comments (
    repository BIGINT NOT NULL,
    number     BIGINT NOT NULL,
    comment    BIGINT NOT NULL,
    digest     TEXT NOT NULL,
    PRIMARY KEY (repository, number)
);

-- The bytes of reports, each once.
CREATE TABLE reports (
    digest  TEXT NOT NULL PRIMARY KEY,
    size    BIGINT NOT NULL,
    kept_at BIGINT NOT NULL,
    content BYTEA NOT NULL
);
CREATE INDEX reports_kept_at ON reports (kept_at);

-- Artifacts that were read, and the files that were found in them.
CREATE TABLE artifacts (
    repository BIGINT NOT NULL,
    artifact   BIGINT NOT NULL,
    noted_at   BIGINT NOT NULL,
    PRIMARY KEY (repository, artifact)
);
CREATE TABLE artifact_files (
    repository BIGINT NOT NULL,
    artifact   BIGINT NOT NULL,
    name       TEXT NOT NULL,
    digest     TEXT NOT NULL,
    PRIMARY KEY (repository, artifact, name)
);
CREATE INDEX artifact_files_by_digest ON artifact_files (digest);

-- Reports that came by the HTTP door.
CREATE TABLE uploads (
    repository  BIGINT NOT NULL,
    head        TEXT NOT NULL,
    name        TEXT NOT NULL,
    digest      TEXT NOT NULL,
    uploaded_by TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    PRIMARY KEY (repository, head, name)
);
CREATE INDEX uploads_by_digest ON uploads (digest);

-- The evidence of commits of base branches.
CREATE TABLE baselines (
    repository BIGINT NOT NULL,
    head       TEXT NOT NULL,
    evidence   TEXT NOT NULL,
    kept_at    BIGINT NOT NULL,
    PRIMARY KEY (repository, head)
);

-- Records of verdicts, which can be replayed.
CREATE TABLE records (
    digest     TEXT NOT NULL PRIMARY KEY,
    repository BIGINT NOT NULL,
    key        TEXT NOT NULL,
    head       TEXT NOT NULL,
    record     TEXT NOT NULL,
    kept_at    BIGINT NOT NULL
);
CREATE INDEX records_kept_at ON records (kept_at);

-- What GitHub gave at registration: one row at most.
CREATE TABLE credentials (
    id          BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    credentials TEXT NOT NULL,
    kept_at     BIGINT NOT NULL
);

-- Upload tokens, of which only the digest is known.
CREATE TABLE upload_tokens (
    repository BIGINT NOT NULL,
    digest     TEXT NOT NULL,
    kept_at    BIGINT NOT NULL,
    PRIMARY KEY (repository, digest)
);

-- Periodic work that one of several processes does: when it was last begun.
CREATE TABLE rounds (
    round    TEXT NOT NULL PRIMARY KEY,
    begun_at BIGINT NOT NULL
);

-- What never changes once GitHub has said it, so that it is asked for once: the artifacts of a run
-- that has ended, where two commits meet, a commit's parents.
CREATE TABLE facts (
    repository BIGINT NOT NULL,
    name       TEXT NOT NULL,
    fact       TEXT NOT NULL,
    kept_at    BIGINT NOT NULL,
    PRIMARY KEY (repository, name)
);
CREATE INDEX facts_kept_at ON facts (kept_at);

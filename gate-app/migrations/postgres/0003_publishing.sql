-- Publishing. Its twin is ../sqlite/0003_publishing.sql; a test compares their columns.

-- When somebody last asked for everything to be gathered anew, until that was done …
ALTER TABLE subjects ADD COLUMN asked_at BIGINT;
-- … and which such question the check of a commit has answered.
ALTER TABLE published ADD COLUMN answered BIGINT;

-- The one comment of a pull request, made anew: nobody has written to the old table. `comment` is
-- null where none is known, `begun` the newest evaluation that began to write, `settled` whether what
-- it wrote is known.
DROP TABLE comments;
CREATE TABLE comments (
    repository BIGINT NOT NULL,
    number     BIGINT NOT NULL,
    begun      BIGINT NOT NULL,
    settled    BIGINT NOT NULL,
    comment    BIGINT,
    digest     TEXT,
    PRIMARY KEY (repository, number)
);

-- What a base branch has reached. Its twin is ../postgres/0006_history.sql.

-- The first parent of each commit that was walked over, so that a branch is known further back than
-- GitHub tells at once.
CREATE TABLE first_parents (
    repository INTEGER NOT NULL,
    head       TEXT NOT NULL,
    parent     TEXT NOT NULL,
    PRIMARY KEY (repository, head)
) STRICT, WITHOUT ROWID;

-- What the evidence of a commit comes to, by what is counted; JSON, and `null` where it says nothing
-- of that. It stays when the evidence goes: the best of a branch may be years old.
CREATE TABLE measured (
    repository INTEGER NOT NULL,
    head       TEXT NOT NULL,
    measure    TEXT NOT NULL,
    value      TEXT NOT NULL,
    PRIMARY KEY (repository, head, measure)
) STRICT, WITHOUT ROWID;

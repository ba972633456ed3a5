-- Its twin is ../postgres/0005_setup.sql.

-- What opens the set-up page: one row at most.
CREATE TABLE setup (
    id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    key     TEXT NOT NULL,
    kept_at INTEGER NOT NULL
) STRICT;

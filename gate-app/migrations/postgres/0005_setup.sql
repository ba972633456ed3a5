-- Its twin is ../sqlite/0005_setup.sql.

-- What opens the set-up page: one row at most.
CREATE TABLE setup (
    id      BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    key     TEXT NOT NULL,
    kept_at BIGINT NOT NULL
);

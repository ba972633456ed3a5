-- The upload door. Its twin is ../sqlite/0002_uploads.sql; a test compares their columns.

-- Of a report that came in pieces: under which name they are kept. Its `content` is empty then.
ALTER TABLE reports ADD COLUMN pieces TEXT;
CREATE INDEX reports_by_pieces ON reports (pieces) WHERE pieces IS NOT NULL;

-- The pieces of reports, so that none is ever whole in memory on its way in. Until the last piece is
-- here, no report names them; what was cut off is pruned.
CREATE TABLE report_pieces (
    pieces  TEXT NOT NULL,
    place   BIGINT NOT NULL,
    kept_at BIGINT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (pieces, place)
);
CREATE INDEX report_pieces_kept_at ON report_pieces (kept_at);

-- Whether it is known who uploaded: not so from a fork.
ALTER TABLE uploads ADD COLUMN is_trusted BIGINT NOT NULL DEFAULT 0;

-- When the token was last good for an upload.
ALTER TABLE upload_tokens ADD COLUMN used_at BIGINT;

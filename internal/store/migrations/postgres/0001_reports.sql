-- +goose Up
-- Instants are whole milliseconds since 1970 UTC, civil dates are text, structured values are JSON text.
CREATE TABLE files (
    digest      TEXT    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL,
    size        BIGINT  NOT NULL,
    received_at BIGINT  NOT NULL
);

CREATE TABLE reports (
    id             TEXT    NOT NULL PRIMARY KEY,
    digest         TEXT    NOT NULL UNIQUE REFERENCES files (digest),
    status         TEXT    NOT NULL,
    agency         TEXT    NOT NULL DEFAULT '',
    agency_key     TEXT    NOT NULL DEFAULT '',
    year           INTEGER NOT NULL DEFAULT 0,
    format         TEXT    NOT NULL DEFAULT '',
    published      TEXT    NOT NULL DEFAULT '',
    errors         INTEGER NOT NULL DEFAULT 0,
    warnings       INTEGER NOT NULL DEFAULT 0,
    not_assessable INTEGER NOT NULL DEFAULT 0,
    doubts         INTEGER NOT NULL DEFAULT 0,
    error_code     TEXT    NOT NULL DEFAULT '',
    error_message  TEXT    NOT NULL DEFAULT '',
    previous_id    TEXT    NOT NULL DEFAULT '',
    body           TEXT    NOT NULL DEFAULT '',
    result         TEXT    NOT NULL DEFAULT '',
    created_at     BIGINT  NOT NULL,
    updated_at     BIGINT  NOT NULL
);
CREATE INDEX reports_agency ON reports (agency_key, year, id);

CREATE TABLE batches (
    id         TEXT   NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL
);

CREATE TABLE batch_items (
    batch_id      TEXT    NOT NULL REFERENCES batches (id),
    seq           INTEGER NOT NULL,
    name          TEXT    NOT NULL,
    size          BIGINT  NOT NULL,
    report_id     TEXT    NOT NULL DEFAULT '',
    repeated      INTEGER NOT NULL DEFAULT 0,
    error_code    TEXT    NOT NULL DEFAULT '',
    error_message TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (batch_id, seq)
);

CREATE TABLE agencies (
    name_key   TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    group_name TEXT    NOT NULL DEFAULT '',
    position   INTEGER NOT NULL
);

CREATE TABLE jobs (
    id           TEXT    NOT NULL PRIMARY KEY,
    job_key      TEXT    NOT NULL UNIQUE,
    kind         TEXT    NOT NULL,
    report_id    TEXT    NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    version      INTEGER NOT NULL DEFAULT 1,
    due_at       BIGINT  NOT NULL
);
CREATE INDEX jobs_due ON jobs (due_at, id);

-- +goose Down
DROP TABLE jobs;
DROP TABLE agencies;
DROP TABLE batch_items;
DROP TABLE batches;
DROP TABLE reports;
DROP TABLE files;

-- +goose Up
-- The record of changes, keys of protected fields, settings; jobs of any kind. The old list of agencies is what is expected.
ALTER TABLE agencies RENAME TO expected_agencies;

CREATE TABLE audit_entries (
    seq          BIGINT NOT NULL PRIMARY KEY,
    at           BIGINT NOT NULL,
    actor        TEXT   NOT NULL,
    actor_name   TEXT   NOT NULL,
    via          TEXT   NOT NULL,
    behalf       TEXT   NOT NULL,
    action       TEXT   NOT NULL,
    subject_kind TEXT   NOT NULL,
    subject_id   TEXT   NOT NULL,
    agency_id    TEXT   NOT NULL,
    cause        TEXT   NOT NULL,
    changes      TEXT   NOT NULL,
    alg          TEXT   NOT NULL,
    prev         TEXT   NOT NULL,
    hash         TEXT   NOT NULL
);
CREATE INDEX audit_subject ON audit_entries (subject_kind, subject_id, seq);
CREATE INDEX audit_actor ON audit_entries (actor, seq);
CREATE INDEX audit_agency ON audit_entries (agency_id, seq);

CREATE TABLE audit_head (
    id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    seq  BIGINT  NOT NULL,
    hash TEXT    NOT NULL,
    at   BIGINT  NOT NULL
);
INSERT INTO audit_head (id, seq, hash, at) VALUES (1, 0, '', 0);

-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit_entries BEGIN
    SELECT RAISE(ABORT, 'the record is never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_entries BEGIN
    SELECT RAISE(ABORT, 'the record is never deleted');
END;
-- +goose StatementEnd

CREATE TABLE data_keys (
    id         TEXT   NOT NULL PRIMARY KEY,
    alg        TEXT   NOT NULL,
    wrapped    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE settings (
    name   TEXT    NOT NULL PRIMARY KEY,
    value  TEXT    NOT NULL,
    serial INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE jobs_new (
    id        TEXT    NOT NULL PRIMARY KEY,
    job_key   TEXT    NOT NULL UNIQUE,
    kind      TEXT    NOT NULL,
    args      TEXT    NOT NULL DEFAULT '',
    agency_id TEXT    NOT NULL DEFAULT '',
    low       INTEGER NOT NULL DEFAULT 0,
    state     TEXT    NOT NULL DEFAULT 'due',
    leased    INTEGER NOT NULL DEFAULT 0,
    attempts  INTEGER NOT NULL DEFAULT 0,
    version   INTEGER NOT NULL DEFAULT 1,
    due_at    BIGINT  NOT NULL,
    asked_at  BIGINT  NOT NULL DEFAULT 0,
    error     TEXT    NOT NULL DEFAULT '',
    ref       TEXT    NOT NULL DEFAULT ''
);
INSERT INTO jobs_new (id, job_key, kind, args, low, attempts, version, due_at, asked_at)
    SELECT id, 'report.' || job_key, 'report.' || kind, report_id, CASE kind WHEN 'again' THEN 1 ELSE 0 END, attempts, version, due_at, due_at
    FROM jobs;
DROP TABLE jobs;
ALTER TABLE jobs_new RENAME TO jobs;
CREATE INDEX jobs_due ON jobs (state, due_at, id);

-- +goose Down
DROP INDEX jobs_due;
ALTER TABLE jobs RENAME TO jobs_new;
CREATE TABLE jobs (
    id           TEXT    NOT NULL PRIMARY KEY,
    job_key      TEXT    NOT NULL UNIQUE,
    kind         TEXT    NOT NULL,
    report_id    TEXT    NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    version      INTEGER NOT NULL DEFAULT 1,
    due_at       BIGINT  NOT NULL
);
DROP TABLE jobs_new;
CREATE INDEX jobs_due ON jobs (due_at, id);
DROP TABLE settings;
DROP TABLE data_keys;
DROP TABLE audit_head;
DROP TABLE audit_entries;
ALTER TABLE expected_agencies RENAME TO agencies;

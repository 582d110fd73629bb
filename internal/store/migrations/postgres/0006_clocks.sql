-- +goose Up
-- The calendar as the site keeps it, and every deadline as a clock. What a clock runs by is in input; due, provisional and
-- counted are derived from it.
CREATE TABLE calendar_notices (
    id            TEXT    NOT NULL PRIMARY KEY,
    number        TEXT    NOT NULL,
    title         TEXT    NOT NULL,
    issued        TEXT    NOT NULL,
    known         TEXT    NOT NULL,
    years         TEXT    NOT NULL,
    days          TEXT    NOT NULL,
    source        TEXT    NOT NULL,
    digest        TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    proposed_by   TEXT    NOT NULL,
    proposed_for  TEXT    NOT NULL DEFAULT '',
    proposed_name TEXT    NOT NULL,
    proposed_at   BIGINT  NOT NULL,
    reviewed_by   TEXT    NOT NULL DEFAULT '',
    reviewed_for  TEXT    NOT NULL DEFAULT '',
    reviewed_name TEXT    NOT NULL DEFAULT '',
    reviewed_at   BIGINT  NOT NULL DEFAULT 0,
    comment       TEXT    NOT NULL DEFAULT '',
    serial        INTEGER NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX calendar_notices_number ON calendar_notices (number) WHERE state <> 'rejected';

INSERT INTO settings (name, value) VALUES ('calendar', '');

CREATE TABLE clocks (
    id           TEXT    NOT NULL PRIMARY KEY,
    agency_id    TEXT    NOT NULL,
    subject_kind TEXT    NOT NULL,
    subject_id   TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    owner_id     TEXT    NOT NULL DEFAULT '',
    section_id   TEXT    NOT NULL DEFAULT '',
    input        TEXT    NOT NULL,
    due          TEXT    NOT NULL,
    provisional  INTEGER NOT NULL,
    counted      BIGINT  NOT NULL,
    frozen       TEXT    NOT NULL DEFAULT '',
    document     TEXT    NOT NULL DEFAULT '',
    opened_at    BIGINT  NOT NULL,
    changed_at   BIGINT  NOT NULL,
    closed_at    BIGINT  NOT NULL DEFAULT 0,
    outcome      TEXT    NOT NULL DEFAULT '',
    serial       INTEGER NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX clocks_running ON clocks (subject_kind, subject_id, kind) WHERE closed_at = 0;
CREATE INDEX clocks_subject ON clocks (subject_kind, subject_id, id);
CREATE INDEX clocks_due ON clocks (due, id) WHERE closed_at = 0;
CREATE INDEX clocks_owner ON clocks (owner_id, due, id) WHERE closed_at = 0;
CREATE INDEX clocks_agency ON clocks (agency_id, due, id) WHERE closed_at = 0;
CREATE INDEX clocks_stale ON clocks (counted, id) WHERE closed_at = 0;

CREATE TABLE clock_recounts (
    id       TEXT    NOT NULL PRIMARY KEY,
    causes   TEXT    NOT NULL,
    asked_at BIGINT  NOT NULL,
    asked_by TEXT    NOT NULL,
    done_at  BIGINT  NOT NULL DEFAULT 0,
    seen     INTEGER NOT NULL DEFAULT 0,
    gained   INTEGER NOT NULL DEFAULT 0,
    lost     INTEGER NOT NULL DEFAULT 0,
    settled  INTEGER NOT NULL DEFAULT 0,
    failed   INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE clock_moves (
    recount_id      TEXT    NOT NULL REFERENCES clock_recounts (id),
    clock_id        TEXT    NOT NULL REFERENCES clocks (id),
    was             TEXT    NOT NULL,
    was_provisional INTEGER NOT NULL,
    now             TEXT    NOT NULL,
    now_provisional INTEGER NOT NULL,
    days            INTEGER NOT NULL,
    problem         TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (recount_id, clock_id)
);

CREATE TABLE clock_feeds (
    person_id TEXT   NOT NULL PRIMARY KEY,
    digest    TEXT   NOT NULL UNIQUE,
    made_at   BIGINT NOT NULL
);

-- +goose Down
DROP TABLE clock_feeds;
DROP TABLE clock_moves;
DROP TABLE clock_recounts;
DROP TABLE clocks;
DELETE FROM settings WHERE name IN ('calendar', 'clock.marks');
DROP TABLE calendar_notices;

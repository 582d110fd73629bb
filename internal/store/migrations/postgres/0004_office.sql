-- +goose Up
-- Agencies through time, people, positions, roles, deputies. Names, addresses and numbers of people that are protected are
-- kept sealed. Nothing refers to people or agencies by a foreign key that would let history be lost with them.
CREATE TABLE agencies (
    id     TEXT    NOT NULL PRIMARY KEY,
    path   TEXT    NOT NULL DEFAULT '',
    live   INTEGER NOT NULL DEFAULT 0,
    serial INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX agencies_path ON agencies (path);

CREATE TABLE agency_versions (
    agency_id       TEXT    NOT NULL REFERENCES agencies (id),
    valid_from      TEXT    NOT NULL,
    valid_to        TEXT    NOT NULL DEFAULT '',
    name            TEXT    NOT NULL,
    short           TEXT    NOT NULL DEFAULT '',
    code            TEXT    NOT NULL DEFAULT '',
    kind            TEXT    NOT NULL,
    level           TEXT    NOT NULL,
    superior_id     TEXT    NOT NULL DEFAULT '',
    authority_id    TEXT    NOT NULL DEFAULT '',
    reconsideration TEXT    NOT NULL DEFAULT '',
    court           TEXT    NOT NULL DEFAULT '',
    group_name      TEXT    NOT NULL DEFAULT '',
    position        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (agency_id, valid_from)
);

CREATE TABLE sections (
    id         TEXT NOT NULL PRIMARY KEY,
    agency_id  TEXT NOT NULL REFERENCES agencies (id),
    name       TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to   TEXT NOT NULL DEFAULT ''
);
CREATE INDEX sections_agency ON sections (agency_id, id);

CREATE TABLE successions (
    from_id    TEXT   NOT NULL REFERENCES agencies (id),
    into_id    TEXT   NOT NULL REFERENCES agencies (id),
    valid_from TEXT   NOT NULL,
    note       TEXT   NOT NULL DEFAULT '',
    at         BIGINT NOT NULL,
    PRIMARY KEY (from_id, into_id, valid_from)
);

CREATE TABLE kept_imports (
    digest     TEXT   NOT NULL PRIMARY KEY,
    body       TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE persons (
    id          TEXT    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL,
    account     TEXT    NOT NULL UNIQUE,
    phone       TEXT    NOT NULL DEFAULT '',
    email       TEXT    NOT NULL DEFAULT '',
    password    TEXT    NOT NULL DEFAULT '',
    must_change INTEGER NOT NULL DEFAULT 0,
    totp        TEXT    NOT NULL DEFAULT '',
    totp_step   BIGINT  NOT NULL DEFAULT 0,
    created_at  BIGINT  NOT NULL,
    closed_at   BIGINT  NOT NULL DEFAULT 0,
    serial      INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE positions (
    id         TEXT    NOT NULL PRIMARY KEY,
    person_id  TEXT    NOT NULL REFERENCES persons (id),
    agency_id  TEXT    NOT NULL REFERENCES agencies (id),
    section_id TEXT    NOT NULL DEFAULT '',
    title      TEXT    NOT NULL DEFAULT '',
    role       TEXT    NOT NULL,
    subtree    INTEGER NOT NULL,
    valid_from TEXT    NOT NULL,
    valid_to   TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX positions_person ON positions (person_id, id);
CREATE INDEX positions_agency ON positions (agency_id, id);

CREATE TABLE deputies (
    id         TEXT NOT NULL PRIMARY KEY,
    of_id      TEXT NOT NULL REFERENCES persons (id),
    by_id      TEXT NOT NULL REFERENCES persons (id),
    valid_from TEXT NOT NULL,
    valid_to   TEXT NOT NULL,
    reason     TEXT NOT NULL
);
CREATE INDEX deputies_of ON deputies (of_id, id);
CREATE INDEX deputies_by ON deputies (by_id, id);

CREATE TABLE roles (
    role_key TEXT    NOT NULL PRIMARY KEY,
    name     TEXT    NOT NULL,
    perms    TEXT    NOT NULL,
    serial   INTEGER NOT NULL DEFAULT 1
);

-- +goose Down
DROP TABLE roles;
DROP TABLE deputies;
DROP TABLE positions;
DROP TABLE persons;
DROP TABLE kept_imports;
DROP TABLE successions;
DROP TABLE sections;
DROP TABLE agency_versions;
DROP TABLE agencies;

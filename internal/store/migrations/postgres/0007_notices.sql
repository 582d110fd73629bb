-- +goose Up
-- What people are told, by which ways, and how they want to be told.
CREATE TABLE notices (
    id        TEXT   NOT NULL PRIMARY KEY,
    person_id TEXT   NOT NULL,
    agency_id TEXT   NOT NULL,
    kind      TEXT   NOT NULL,
    title     TEXT   NOT NULL,
    text      TEXT   NOT NULL,
    link      TEXT   NOT NULL,
    told_key  TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    read_at   BIGINT NOT NULL DEFAULT 0,
    UNIQUE (person_id, told_key)
);
CREATE INDEX notices_unread ON notices (person_id, read_at, id);

CREATE TABLE deliveries (
    notice_id TEXT    NOT NULL REFERENCES notices (id),
    channel   TEXT    NOT NULL,
    person_id TEXT    NOT NULL,
    due_at    BIGINT  NOT NULL,
    digest    INTEGER NOT NULL,
    outcome   TEXT    NOT NULL DEFAULT '',
    why       TEXT    NOT NULL DEFAULT '',
    ended_at  BIGINT  NOT NULL DEFAULT 0,
    PRIMARY KEY (notice_id, channel)
);
CREATE INDEX deliveries_waiting ON deliveries (person_id, outcome, due_at);

CREATE TABLE notice_preferences (
    person_id TEXT NOT NULL PRIMARY KEY,
    value     TEXT NOT NULL
);

-- +goose Down
DROP TABLE notice_preferences;
DROP TABLE deliveries;
DROP TABLE notices;

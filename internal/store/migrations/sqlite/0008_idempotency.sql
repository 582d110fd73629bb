-- +goose Up
-- Answers of the API, kept for a day under the key that the caller gave, so that asking again does nothing again.
CREATE TABLE idempotency_keys (
    actor    TEXT    NOT NULL,
    route    TEXT    NOT NULL,
    idem_key TEXT    NOT NULL,
    claim    TEXT    NOT NULL UNIQUE,
    digest   TEXT    NOT NULL,
    answered INTEGER NOT NULL DEFAULT 0,
    answer   TEXT    NOT NULL DEFAULT '',
    at       BIGINT  NOT NULL,
    PRIMARY KEY (actor, route, idem_key)
);
CREATE INDEX idempotency_at ON idempotency_keys (at);

-- +goose Down
DROP TABLE idempotency_keys;

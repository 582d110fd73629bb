-- +goose Up
-- Signing in: attempts, sessions, recovery codes, identities of a provider, tokens. Secrets are kept as digests only.
CREATE TABLE sign_in_attempts (
    id       TEXT    NOT NULL PRIMARY KEY,
    account  TEXT    NOT NULL,
    prefix   TEXT    NOT NULL,
    at       BIGINT  NOT NULL,
    ok       INTEGER NOT NULL
);
CREATE INDEX sign_in_attempts_account ON sign_in_attempts (account, at);
CREATE INDEX sign_in_attempts_prefix ON sign_in_attempts (prefix, at);

CREATE TABLE sessions (
    id         TEXT   NOT NULL PRIMARY KEY,
    digest     TEXT   NOT NULL UNIQUE,
    person_id  TEXT   NOT NULL REFERENCES persons (id),
    stage      TEXT   NOT NULL,
    method     TEXT   NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    ends_at    BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL DEFAULT 0,
    address    TEXT   NOT NULL,
    device     TEXT   NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id, id);

CREATE TABLE recovery_codes (
    person_id TEXT NOT NULL REFERENCES persons (id),
    digest    TEXT NOT NULL,
    PRIMARY KEY (person_id, digest)
);

CREATE TABLE identities (
    issuer    TEXT NOT NULL,
    subject   TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES persons (id),
    PRIMARY KEY (issuer, subject)
);

CREATE TABLE tokens (
    id         TEXT   NOT NULL PRIMARY KEY,
    digest     TEXT   NOT NULL UNIQUE,
    person_id  TEXT   NOT NULL REFERENCES persons (id),
    name       TEXT   NOT NULL,
    scopes     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL DEFAULT 0,
    revoked_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX tokens_person ON tokens (person_id, id);

-- +goose Down
DROP TABLE tokens;
DROP TABLE identities;
DROP TABLE recovery_codes;
DROP TABLE sessions;
DROP TABLE sign_in_attempts;

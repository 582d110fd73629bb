-- +goose Up
-- Sign-off: items with everything that happened to them, the steps that wait, and the chains of agencies. state, due and the
-- waiting steps can be derived from the events, and are kept for lists.
CREATE TABLE review_items (
    id           TEXT    NOT NULL PRIMARY KEY,
    agency_id    TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    subject_kind TEXT    NOT NULL,
    subject_id   TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    link         TEXT    NOT NULL,
    digest       TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    plan         TEXT    NOT NULL,
    serial       INTEGER NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX review_items_live ON review_items (subject_kind, subject_id) WHERE state NOT IN ('withdrawn', 'void');
CREATE INDEX review_items_agency ON review_items (agency_id, id);
CREATE INDEX review_items_state ON review_items (state, id);

CREATE TABLE review_events (
    id      TEXT    NOT NULL PRIMARY KEY,
    item_id TEXT    NOT NULL REFERENCES review_items (id),
    n       INTEGER NOT NULL,
    act     TEXT    NOT NULL,
    at      BIGINT  NOT NULL,
    person  TEXT    NOT NULL,
    behalf  TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    section TEXT    NOT NULL,
    digest  TEXT    NOT NULL,
    step    TEXT    NOT NULL,
    back_to INTEGER NOT NULL,
    body    TEXT    NOT NULL,
    due     TEXT    NOT NULL,
    UNIQUE (item_id, n)
);
CREATE INDEX review_events_person ON review_events (person, act);
CREATE INDEX review_events_behalf ON review_events (behalf, act);

-- +goose StatementBegin
CREATE FUNCTION review_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what happened is never changed or deleted';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER review_no_update BEFORE UPDATE OF id, item_id, n, act, at, person, behalf, name, section, digest, step, back_to, due ON review_events
    FOR EACH ROW EXECUTE FUNCTION review_never();
CREATE TRIGGER review_no_delete BEFORE DELETE ON review_events FOR EACH ROW EXECUTE FUNCTION review_never();
CREATE TRIGGER review_no_truncate BEFORE TRUNCATE ON review_events FOR EACH STATEMENT EXECUTE FUNCTION review_never();

CREATE TABLE review_waiting (
    item_id   TEXT   NOT NULL REFERENCES review_items (id),
    step      TEXT   NOT NULL,
    perm      TEXT   NOT NULL,
    agency_id TEXT   NOT NULL,
    since     BIGINT NOT NULL,
    due       TEXT   NOT NULL,
    PRIMARY KEY (item_id, step)
);
CREATE INDEX review_waiting_due ON review_waiting (perm, due);

CREATE TABLE review_plans (
    agency_id TEXT    NOT NULL,
    version   INTEGER NOT NULL,
    body      TEXT    NOT NULL,
    at        BIGINT  NOT NULL,
    PRIMARY KEY (agency_id, version)
);

-- +goose Down
DROP TABLE review_plans;
DROP TABLE review_waiting;
DROP TABLE review_events;
DROP FUNCTION review_never();
DROP TABLE review_items;

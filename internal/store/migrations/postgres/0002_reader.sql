-- +goose Up
-- Which version of the program read the file; reports read by another version are read again.
ALTER TABLE reports ADD COLUMN reader TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE reports DROP COLUMN reader;

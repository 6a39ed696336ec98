-- +goose Up
ALTER TABLE signing_keys
    -- The earliest moment at which the key may sign: verifiers know it then.
    ADD COLUMN signs_from DATETIME(3) NULL,
    -- Somebody asked for the key to sign as soon as it may.
    ADD COLUMN asked      TINYINT     NOT NULL DEFAULT 0,
    -- At most one key stands by.
    ADD COLUMN waiting    TINYINT AS (IF(state = 'NEXT', 1, NULL)) STORED;
ALTER TABLE signing_keys ADD UNIQUE KEY signing_keys_waiting (waiting);

-- +goose Down
ALTER TABLE signing_keys DROP KEY signing_keys_waiting;
ALTER TABLE signing_keys DROP COLUMN waiting, DROP COLUMN asked, DROP COLUMN signs_from;

-- +goose Up
CREATE TABLE signing_keys (
    key_id       VARCHAR(64)                        NOT NULL,
    state        ENUM('NEXT', 'ACTIVE', 'RETIRED')  NOT NULL,
    -- At most one key signs: replicas that start at once cannot make two.
    active       TINYINT AS (IF(state = 'ACTIVE', 1, NULL)) STORED,
    public_key   VARBINARY(2048)                    NOT NULL,
    -- AES-GCM; NULL once the key never signs again.
    private_key  VARBINARY(8192)                    NULL,
    created_at   DATETIME(3)                        NOT NULL,
    activated_at DATETIME(3)                        NULL,
    retired_at   DATETIME(3)                        NULL,
    PRIMARY KEY (key_id),
    UNIQUE KEY signing_keys_active (active)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE signing_keys;

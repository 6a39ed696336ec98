-- +goose Up
CREATE TABLE users (
    user_id       BINARY(16)                     NOT NULL,
    email         VARCHAR(254)                   NOT NULL,
    -- The form under which an address is unique, whatever its case.
    email_key     VARCHAR(254)                   NOT NULL,
    password_hash VARCHAR(255)                   NULL,
    first_name    VARCHAR(100)                   NOT NULL,
    last_name     VARCHAR(100)                   NOT NULL,
    address       VARCHAR(500)                   NOT NULL,
    roles         SET('ROOT', 'ADMIN', 'CLIENT') NOT NULL,
    -- Finds and locks the few roots without a scan.
    is_root       TINYINT AS (FIND_IN_SET('ROOT', roles) > 0) STORED,
    version       BIGINT                         NOT NULL,
    created_at    DATETIME(3)                    NOT NULL,
    updated_at    DATETIME(3)                    NOT NULL,
    PRIMARY KEY (user_id),
    UNIQUE KEY users_email (email_key),
    KEY users_root (is_root, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE users;

-- +goose Up
CREATE TABLE oauth_clients (
    client_id     VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    client_name   VARCHAR(100) NOT NULL,
    -- Lists are JSON arrays of texts.
    redirect_uris TEXT         NOT NULL,
    grant_types   VARCHAR(200) NOT NULL,
    scopes        TEXT         NOT NULL,
    is_public     TINYINT      NOT NULL,
    -- HMAC-SHA-256 of a random secret; NULL for a public client.
    secret_hash   BINARY(32)   NULL,
    created_at    DATETIME(3)  NOT NULL,
    updated_at    DATETIME(3)  NOT NULL,
    PRIMARY KEY (client_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE oauth_consents (
    user_id    BINARY(16)   NOT NULL,
    client_id  VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    scopes     TEXT         NOT NULL,
    granted_at DATETIME(3)  NOT NULL,
    PRIMARY KEY (user_id, client_id),
    KEY oauth_consents_client (client_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE oauth_consents;
DROP TABLE oauth_clients;

-- +goose Up

-- Messages that are not yet at the broker; package outbox says more.
CREATE TABLE outbox (
    message_id   BINARY(16)   NOT NULL PRIMARY KEY,
    topic        VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    message_key  BINARY(16)   NOT NULL,
    message_type VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    body         MEDIUMBLOB   NOT NULL,
    traceparent  VARCHAR(55)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- People as other providers know them.
CREATE TABLE user_identities (
    issuer     VARCHAR(255) NOT NULL,
    subject    VARCHAR(255) NOT NULL,
    user_id    BINARY(16)   NOT NULL,
    created_at DATETIME(3)  NOT NULL,
    PRIMARY KEY (issuer, subject),
    KEY user_identities_user (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE user_identities;
DROP TABLE outbox;

-- +goose Up
CREATE TABLE audit (
    deed_id     BINARY(16)   NOT NULL,
    -- NULL: the service itself, by the clock or by a command.
    actor_id    BINARY(16)   NULL,
    action      VARCHAR(50)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- The id of the account, client or key it was done to. No personal data:
    -- the record outlives the people.
    subject     VARCHAR(100) NOT NULL,
    detail      VARCHAR(500) NOT NULL,
    occurred_at DATETIME(3)  NOT NULL,
    PRIMARY KEY (deed_id),
    KEY audit_subject (subject, deed_id),
    KEY audit_actor (actor_id, deed_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE audit;

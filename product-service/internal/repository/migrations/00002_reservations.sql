-- +goose Up

-- One row an order, for ever: it is the stored answer to the order's validation
-- and what makes a repeated command harmless. closed_at is null until a close
-- came; a row that a close came to first (a tombstone) has no lines.
CREATE TABLE reservations (
    order_id        BINARY(16)   NOT NULL PRIMARY KEY,
    state           VARCHAR(10)  NOT NULL,
    result          VARCHAR(10)  NOT NULL,
    reason          VARCHAR(64)  NULL,
    client_id       BINARY(16)   NULL,
    quote_id        BINARY(16)   NULL,
    idempotency_key VARCHAR(128) NULL,
    created_at      DATETIME(3)  NOT NULL,
    updated_at      DATETIME(3)  NOT NULL,
    closed_at       DATETIME(3)  NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Name, image and price are as they were when the order was validated; null for
-- a product that did not exist.
CREATE TABLE reservation_lines (
    order_id   BINARY(16)    NOT NULL,
    line       SMALLINT      NOT NULL,
    product_id BINARY(16)    NOT NULL,
    name       VARCHAR(200)  NULL,
    image_url  VARCHAR(255)  NULL,
    requested  INT           NOT NULL,
    taken      INT           NOT NULL,
    unit_price DECIMAL(12,2) NULL,
    PRIMARY KEY (order_id, line)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE reservation_lines;
DROP TABLE reservations;

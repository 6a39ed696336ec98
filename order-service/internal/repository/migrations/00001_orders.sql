-- +goose Up
-- The moment an order was placed is also the time in its id, so that the primary
-- key sorts by it. version is the sequence of the last step in order_history.
CREATE TABLE orders (
    order_id           BINARY(16)    NOT NULL PRIMARY KEY,
    client_id          BINARY(16)    NOT NULL,
    client_name        VARCHAR(250)  NULL,
    address            VARCHAR(500)  NULL,
    fulfilment         VARCHAR(16)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    quote_id           BINARY(16)    NULL,
    order_status       VARCHAR(20)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    cancel_reason      VARCHAR(32)   CHARACTER SET ascii COLLATE ascii_bin NULL,
    total_price        DECIMAL(19,2) NULL,
    version            INT           NOT NULL,
    created_at         DATETIME(3)   NOT NULL,
    last_update_time   DATETIME(3)   NOT NULL,
    -- SHA-256 of who placed it and the Idempotency-Key, and of the request.
    idempotency_digest BINARY(32)    NULL,
    request_digest     BINARY(32)    NULL,
    UNIQUE KEY orders_idempotency (idempotency_digest),
    KEY orders_client (client_id, order_id),
    KEY orders_status (order_status, order_id),
    KEY orders_updated (last_update_time, order_id),
    KEY orders_total (total_price, order_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE order_products (
    order_id           BINARY(16)    NOT NULL,
    line_number        SMALLINT      NOT NULL,
    product_id         BINARY(16)    NOT NULL,
    purchased_quantity INT           NOT NULL,
    fulfilled_quantity INT           NOT NULL,
    product_name       VARCHAR(200)  NULL,
    product_image_url  VARCHAR(500)  NULL,
    unit_price         DECIMAL(12,2) NULL,
    PRIMARY KEY (order_id, line_number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE order_history (
    order_id    BINARY(16)   NOT NULL,
    sequence    INT          NOT NULL,
    from_status VARCHAR(20)  CHARACTER SET ascii COLLATE ascii_bin NULL,
    to_status   VARCHAR(20)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    actor       VARCHAR(64)  NOT NULL,
    reason      VARCHAR(32)  CHARACTER SET ascii COLLATE ascii_bin NULL,
    note        VARCHAR(500) NULL,
    trace_id    VARCHAR(32)  CHARACTER SET ascii COLLATE ascii_bin NULL,
    occurred_at DATETIME(3)  NOT NULL,
    PRIMARY KEY (order_id, sequence)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE outbox (
    message_id   BINARY(16)   NOT NULL PRIMARY KEY,
    topic        VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    message_key  BINARY(16)   NOT NULL,
    message_type VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    body         MEDIUMBLOB   NOT NULL,
    traceparent  VARCHAR(55)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE outbox;
DROP TABLE order_history;
DROP TABLE order_products;
DROP TABLE orders;

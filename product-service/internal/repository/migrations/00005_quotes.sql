-- +goose Up
-- What clients were offered. order_id is the one order that has used it.
CREATE TABLE quotes (
    quote_id   BINARY(16)    NOT NULL PRIMARY KEY,
    client_id  BINARY(16)    NOT NULL,
    created_at DATETIME(3)   NOT NULL,
    expires_at DATETIME(3)   NOT NULL,
    order_id   BINARY(16)    NULL,
    KEY quotes_by_expiry (expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE quote_lines (
    quote_id   BINARY(16)    NOT NULL,
    line       SMALLINT      NOT NULL,
    product_id BINARY(16)    NOT NULL,
    name       VARCHAR(200)  NOT NULL,
    quantity   INT           NOT NULL,
    unit_price DECIMAL(12,2) NOT NULL,
    PRIMARY KEY (quote_id, line)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE quote_lines;
DROP TABLE quotes;

-- +goose Up

-- name_key is the name without case and accents, to sort by. price repeats the
-- price in effect of product_prices, so that reading a product and sorting by
-- price need one row. available is what api.md calls quantity.
CREATE TABLE products (
    product_id          BINARY(16)    NOT NULL PRIMARY KEY,
    name                VARCHAR(200)  NOT NULL,
    name_key            VARCHAR(200)  NOT NULL,
    description         TEXT          NOT NULL,
    price               DECIMAL(12,2) NOT NULL,
    price_from          DATETIME(3)   NOT NULL,
    on_hand             INT           NOT NULL,
    reserved            INT           NOT NULL,
    available           INT           GENERATED ALWAYS AS (on_hand - reserved) STORED,
    low_stock_threshold INT           NULL,
    low_stock_told      BOOLEAN       NOT NULL,
    image_hash          BINARY(32)    NULL,
    image_type          VARCHAR(20)   NULL,
    status              VARCHAR(10)   NOT NULL,
    version             BIGINT        NOT NULL,
    created_at          DATETIME(3)   NOT NULL,
    updated_at          DATETIME(3)   NOT NULL,
    KEY products_by_name (status, name_key),
    KEY products_by_price (status, price),
    KEY products_by_quantity (status, available),
    KEY products_by_age (status, product_id),
    CONSTRAINT products_never_oversold CHECK (0 <= reserved AND reserved <= on_hand)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The prices of a product follow each other without gap or overlap; the last one
-- has no end.
CREATE TABLE product_prices (
    product_id     BINARY(16)    NOT NULL,
    effective_from DATETIME(3)   NOT NULL,
    effective_to   DATETIME(3)   NULL,
    price          DECIMAL(12,2) NOT NULL,
    actor          VARCHAR(64)   NOT NULL,
    PRIMARY KEY (product_id, effective_from),
    KEY product_prices_by_end (product_id, effective_to),
    CONSTRAINT product_prices_forward CHECK (effective_to IS NULL OR effective_from < effective_to)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- on_hand is the balance after the adjustment.
CREATE TABLE stock_adjustments (
    product_id    BINARY(16)   NOT NULL,
    adjustment_id BINARY(16)   NOT NULL,
    delta         INT          NOT NULL,
    reason        VARCHAR(200) NOT NULL,
    actor         VARCHAR(64)  NOT NULL,
    on_hand       INT          NOT NULL,
    created_at    DATETIME(3)  NOT NULL,
    PRIMARY KEY (product_id, adjustment_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The words of name and description, without case and accents, to search by
-- their beginnings. A full-text index was not taken: it ignores short words and
-- cannot be paged in another order than its own.
CREATE TABLE product_words (
    product_id BINARY(16)  NOT NULL,
    word       VARCHAR(64) NOT NULL,
    PRIMARY KEY (product_id, word),
    KEY product_words_by_word (word, product_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE product_words;
DROP TABLE stock_adjustments;
DROP TABLE product_prices;
DROP TABLE products;

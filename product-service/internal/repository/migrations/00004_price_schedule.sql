-- +goose Up
-- When the next price of a product takes effect that has not done so yet.
ALTER TABLE products ADD COLUMN next_price_from DATETIME(3) NULL;
ALTER TABLE products ADD KEY products_by_next_price (next_price_from);

-- +goose Down
ALTER TABLE products DROP KEY products_by_next_price;
ALTER TABLE products DROP COLUMN next_price_from;

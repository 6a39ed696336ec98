-- +goose Up
-- image_shown: an order shows the image that the product has now. The type of an
-- image is told by its content.
ALTER TABLE products DROP COLUMN image_type;
ALTER TABLE products ADD COLUMN image_shown BOOLEAN NOT NULL DEFAULT FALSE;

-- Every image that is stored, or about to be. kept: an order shows it, though
-- the product has another by now. removing: it is about to be removed and must
-- not come back before it is. touched_at is when it was sent last.
CREATE TABLE product_images (
    product_id BINARY(16)  NOT NULL,
    image_hash BINARY(32)  NOT NULL,
    kept       BOOLEAN     NOT NULL,
    removing   BOOLEAN     NOT NULL,
    touched_at DATETIME(3) NOT NULL,
    PRIMARY KEY (product_id, image_hash),
    KEY product_images_by_age (kept, touched_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE product_images;
ALTER TABLE products DROP COLUMN image_shown;
ALTER TABLE products ADD COLUMN image_type VARCHAR(20) NULL;

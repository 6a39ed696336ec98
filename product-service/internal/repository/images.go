package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// Images knows which images are stored, and why.
type Images struct {
	db *sqlx.DB
}

// NewImages returns the images in db.
func NewImages(db *sqlx.DB) *Images { return &Images{db: db} }

// Announce notes that an image is about to be stored, so that whatever becomes
// of that, it can be found and removed. It fails for a product that does not
// exist, and while the same image is being removed.
func (r *Images) Announce(ctx context.Context, image entity.Image, at time.Time) error {
	return database.InTx(ctx, r.db, func(tx *database.Tx) error {
		if _, err := lock(ctx, tx, image.ProductID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO product_images (product_id, image_hash, kept, removing, touched_at) VALUES (?, ?, FALSE, FALSE, ?)
			ON DUPLICATE KEY UPDATE touched_at = VALUES(touched_at)`, image.ProductID, image.Hash[:], at)
		if err != nil {
			return fmt.Errorf("announce an image of product %s: %w", image.ProductID, err)
		}
		removing := false
		err = tx.GetContext(ctx, &removing, "SELECT removing FROM product_images WHERE product_id = ? AND image_hash = ?", image.ProductID, image.Hash[:])
		if err != nil {
			return fmt.Errorf("announce an image of product %s: %w", image.ProductID, err)
		}
		if removing {
			return fault.Unavailablef(nil, "The same image is just being removed.")
		}
		return nil
	})
}

// Kept reports whether an image is kept though its product has another: an order
// shows it.
func (r *Images) Kept(ctx context.Context, image entity.Image) (kept bool, err error) {
	err = r.db.GetContext(ctx, &kept, "SELECT kept FROM product_images WHERE product_id = ? AND image_hash = ?", image.ProductID, image.Hash[:])
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, database.Wrap(fmt.Errorf("find an image of product %s: %w", image.ProductID, err))
	}
	return kept, nil
}

// keepShown keeps the image that a product had, if an order shows it.
func keepShown(ctx context.Context, tx *database.Tx, before *entity.Product) error {
	if !before.ImageShown {
		return nil
	}
	_, err := tx.ExecContext(ctx, "UPDATE product_images SET kept = TRUE WHERE product_id = ? AND image_hash = ?", before.ID, before.Image[:])
	if err != nil {
		return fmt.Errorf("keep an image of product %s: %w", before.ID, err)
	}
	return nil
}

// Orphans returns at most limit images that nobody needs and that were sent
// before a moment. From now on they are being removed.
func (r *Images) Orphans(ctx context.Context, before time.Time, limit int) (orphans []entity.Image, err error) {
	err = database.InTx(ctx, r.db, func(tx *database.Tx) error {
		orphans = nil
		var rows []struct {
			ProductID id.ID  `db:"product_id"`
			Hash      []byte `db:"image_hash"`
		}
		err := tx.SelectContext(ctx, &rows, `
			SELECT   i.product_id, i.image_hash
			FROM     product_images i
			WHERE    i.kept = FALSE AND i.touched_at < ?
			         AND NOT EXISTS (SELECT 1 FROM products p WHERE p.product_id = i.product_id AND p.image_hash = i.image_hash)
			ORDER BY i.touched_at
			LIMIT    ?`, before, limit)
		if err != nil {
			return fmt.Errorf("find orphaned images: %w", err)
		}
		for _, row := range rows {
			image := entity.Image{ProductID: row.ProductID, Hash: imageHash(row.Hash)}
			removing, err := condemn(ctx, tx, image, before)
			if err != nil {
				return err
			}
			if removing {
				orphans = append(orphans, image)
			}
		}
		return nil
	})
	return orphans, err
}

// condemn marks an image as being removed if that is still right while its
// product is locked.
func condemn(ctx context.Context, tx *database.Tx, image entity.Image, before time.Time) (bool, error) {
	product, err := lock(ctx, tx, image.ProductID)
	if err != nil || product.Image == image.Hash {
		return false, err
	}
	result, err := tx.ExecContext(ctx, `
		UPDATE product_images
		SET    removing = TRUE
		WHERE  product_id = ? AND image_hash = ? AND kept = FALSE AND touched_at < ?`, image.ProductID, image.Hash[:], before)
	if err != nil {
		return false, fmt.Errorf("condemn an image of product %s: %w", image.ProductID, err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// Forget ends the removal of an image: it is gone.
func (r *Images) Forget(ctx context.Context, image entity.Image) error {
	_, err := r.db.ExecContext(ctx, "DELETE FROM product_images WHERE product_id = ? AND image_hash = ? AND removing", image.ProductID, image.Hash[:])
	if err != nil {
		return database.Wrap(fmt.Errorf("forget an image of product %s: %w", image.ProductID, err))
	}
	return nil
}

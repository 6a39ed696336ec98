package repository

import (
	"context"
	"fmt"
	"slices"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// create inserts products and all that belongs to them.
func create(ctx context.Context, tx *database.Tx, products []*entity.Product) error {
	if err := insertProducts(ctx, tx, products, ""); err != nil {
		return err
	}
	for _, write := range []func(context.Context, *database.Tx, []*entity.Product) error{insertPrices, insertAdjustments, insertWords} {
		if err := write(ctx, tx, products); err != nil {
			return err
		}
	}
	return nil
}

func insertProducts(ctx context.Context, tx *database.Tx, products []*entity.Product, after string) error {
	err := insert(ctx, tx, `
		INSERT INTO products (product_id, name, name_key, description, price, price_from, on_hand, reserved, low_stock_threshold,
		       low_stock_told, next_price_from, image_hash, image_shown, status, version, created_at, updated_at)
		VALUES `, products, func(to []any, p *entity.Product) []any {
		return append(to, p.ID, p.Name, nameKey(p.Name), p.Description, p.Price, p.PriceFrom, p.Stock.OnHand, p.Stock.Reserved, p.Stock.Threshold,
			p.Stock.LowTold, nullableTime(p.NextPriceFrom()), imageArg(p.Image), p.ImageShown, p.Status, p.Version, p.CreatedAt, p.UpdatedAt)
	}, after)
	if err != nil {
		return fmt.Errorf("write products: %w", err)
	}
	return nil
}

// edited is a product before and after a change.
type edited struct{ before, after *entity.Product }

// save writes what is different about products that are locked, all at once.
func save(ctx context.Context, tx *database.Tx, changes []edited) error {
	var all, repriced, renamed []*entity.Product
	for _, c := range changes {
		all = append(all, c.after)
		if !slices.Equal(c.after.Prices, c.before.Prices) {
			repriced = append(repriced, c.after)
		}
		if c.after.Name != c.before.Name || c.after.Description != c.before.Description {
			renamed = append(renamed, c.after)
		}
		if c.after.Image != c.before.Image {
			if err := keepShown(ctx, tx, c.before); err != nil {
				return err
			}
		}
	}
	// The rows are there: of all ways to change many at once this is the fastest.
	err := insertProducts(ctx, tx, all, ` ON DUPLICATE KEY UPDATE
		name = VALUES(name), name_key = VALUES(name_key), description = VALUES(description), price = VALUES(price), price_from = VALUES(price_from),
		on_hand = VALUES(on_hand), reserved = VALUES(reserved), low_stock_threshold = VALUES(low_stock_threshold), low_stock_told = VALUES(low_stock_told),
		next_price_from = VALUES(next_price_from), image_hash = VALUES(image_hash), image_shown = VALUES(image_shown), status = VALUES(status),
		version = VALUES(version), updated_at = VALUES(updated_at)`)
	if err != nil {
		return err
	}
	if err := insertPrices(ctx, tx, repriced); err != nil {
		return err
	}
	if err := replaceWords(ctx, tx, renamed); err != nil {
		return err
	}
	return insertAdjustments(ctx, tx, all)
}

// insertWords makes products searchable.
func insertWords(ctx context.Context, tx *database.Tx, products []*entity.Product) error {
	type entry struct {
		product *entity.Product
		word    string
	}
	var entries []entry
	for _, p := range products {
		for _, word := range words(p.Name, p.Description) {
			entries = append(entries, entry{p, word})
		}
	}
	err := insert(ctx, tx, "INSERT INTO product_words (product_id, word) VALUES ", entries, func(to []any, e entry) []any {
		return append(to, e.product.ID, e.word)
	}, "")
	if err != nil {
		return fmt.Errorf("insert words: %w", err)
	}
	return nil
}

func replaceWords(ctx context.Context, tx *database.Tx, products []*entity.Product) error {
	if len(products) == 0 {
		return nil
	}
	ids := idsOf(products, func(p *entity.Product) id.ID { return p.ID })
	if _, err := tx.ExecContext(ctx, "DELETE FROM product_words WHERE product_id IN "+database.In(len(ids)), anys(ids)...); err != nil {
		return fmt.Errorf("delete words of products: %w", err)
	}
	return insertWords(ctx, tx, products)
}

// imageArg and imageHash keep the absence of an image as NULL.
func imageArg(hash entity.ImageHash) any {
	if hash == (entity.ImageHash{}) {
		return nil
	}
	return hash[:]
}

func imageHash(bytes []byte) (hash entity.ImageHash) {
	copy(hash[:], bytes)
	return hash
}

func eventsOf(products []*entity.Product) (events []entity.Event) {
	for _, p := range products {
		events = append(events, p.Events...)
	}
	return events
}

func idsOf[T any](rows []T, of func(T) id.ID) []id.ID {
	ids := make([]id.ID, len(rows))
	for i, row := range rows {
		ids[i] = of(row)
	}
	return ids
}

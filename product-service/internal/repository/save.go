package repository

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// create inserts products and all that belongs to them.
func create(ctx context.Context, tx *sqlx.Tx, products []*entity.Product) error {
	err := insert(ctx, tx, `
		INSERT INTO products (product_id, name, name_key, description, price, price_from, on_hand, reserved,
		       low_stock_threshold, low_stock_told, image_hash, status, version, created_at, updated_at)
		VALUES `, products, func(to []any, p *entity.Product) []any {
		return append(to, p.ID, p.Name, nameKey(p.Name), p.Description, p.Price, p.PriceFrom, p.Stock.OnHand, p.Stock.Reserved,
			p.Stock.Threshold, p.Stock.LowTold, imageArg(p.Image), p.Status, p.Version, p.CreatedAt, p.UpdatedAt)
	}, "")
	if err != nil {
		return fmt.Errorf("insert products: %w", err)
	}
	for _, write := range []func(context.Context, *sqlx.Tx, []*entity.Product) error{insertPrices, insertAdjustments, insertWords} {
		if err := write(ctx, tx, products); err != nil {
			return err
		}
	}
	return nil
}

// save writes what is different about a product that is locked.
func save(ctx context.Context, tx *sqlx.Tx, before, p *entity.Product) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE products
		SET    name = ?, name_key = ?, description = ?, price = ?, price_from = ?, on_hand = ?, reserved = ?,
		       low_stock_threshold = ?, low_stock_told = ?, next_price_from = ?, image_hash = ?, image_shown = ?, status = ?, version = ?, updated_at = ?
		WHERE  product_id = ?`,
		p.Name, nameKey(p.Name), p.Description, p.Price, p.PriceFrom, p.Stock.OnHand, p.Stock.Reserved,
		p.Stock.Threshold, p.Stock.LowTold, nullableTime(p.NextPriceFrom()), imageArg(p.Image), p.ImageShown, p.Status, p.Version, p.UpdatedAt, p.ID)
	if err != nil {
		return fmt.Errorf("update product %s: %w", p.ID, err)
	}
	changed := []*entity.Product{p}
	if p.Image != before.Image {
		if err := keepShown(ctx, tx, before); err != nil {
			return err
		}
	}
	if !slices.Equal(p.Prices, before.Prices) {
		if err := insertPrices(ctx, tx, changed); err != nil {
			return err
		}
	}
	if p.Name != before.Name || p.Description != before.Description {
		if err := replaceWords(ctx, tx, p); err != nil {
			return err
		}
	}
	return insertAdjustments(ctx, tx, changed)
}

// insertWords makes products searchable.
func insertWords(ctx context.Context, tx *sqlx.Tx, products []*entity.Product) error {
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

func replaceWords(ctx context.Context, tx *sqlx.Tx, p *entity.Product) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM product_words WHERE product_id = ?", p.ID); err != nil {
		return fmt.Errorf("delete words of product %s: %w", p.ID, err)
	}
	return insertWords(ctx, tx, []*entity.Product{p})
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

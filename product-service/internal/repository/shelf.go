package repository

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// loadShelf locks the products that requests are about and puts them with their
// prices on the shelf.
func loadShelf(ctx context.Context, tx *database.Tx, books *entity.Books, requests []entity.Request) error {
	wanted := map[id.ID]bool{}
	for _, request := range requests {
		for _, want := range request.Wants {
			wanted[want.ProductID] = true
		}
	}
	if err := lockProducts(ctx, tx, books.Shelf, wanted); err != nil {
		return err
	}
	return loadShelfPrices(ctx, tx, books.Shelf, requests)
}

// loadShelfPrices adds the prices of products whose present one, which came with the
// lock, is not that of every request: one was placed before it or after it.
func loadShelfPrices(ctx context.Context, tx *database.Tx, shelf entity.Shelf, requests []entity.Request) error {
	lacking := map[id.ID]bool{}
	earliest := requests[0].PlacedAt
	for _, request := range requests {
		if request.PlacedAt.Before(earliest) {
			earliest = request.PlacedAt
		}
		for _, want := range request.Wants {
			if item, ok := shelf[want.ProductID]; ok && !item.Prices.Covers(request.PlacedAt) {
				lacking[want.ProductID] = true
			}
		}
	}
	prices, err := timelines(ctx, tx, slices.Collect(maps.Keys(lacking)), earliest)
	if err != nil {
		return err
	}
	for productID := range lacking {
		shelf[productID].Prices = prices[productID]
	}
	return nil
}

// loadHeld locks the products that the books' reservations hold and puts them on
// the shelf.
func loadHeld(ctx context.Context, tx *database.Tx, books *entity.Books) error {
	wanted := map[id.ID]bool{}
	for _, r := range books.Known {
		if r.State != entity.Held {
			continue
		}
		for _, line := range r.Lines {
			wanted[line.ProductID] = true
		}
	}
	return lockProducts(ctx, tx, books.Shelf, wanted)
}

// lockProducts puts those of the wanted products that exist on the shelf, each
// with its present price. The primary key is forced because rows are locked as
// they are read.
func lockProducts(ctx context.Context, tx *database.Tx, shelf entity.Shelf, wanted map[id.ID]bool) error {
	if len(wanted) == 0 {
		return nil
	}
	args := make([]any, 0, len(wanted))
	for productID := range wanted {
		args = append(args, productID)
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT   product_id, name, image_hash, image_shown, status, on_hand, reserved, low_stock_threshold, low_stock_told,
		         price, price_from, next_price_from
		FROM     products FORCE INDEX (PRIMARY)
		WHERE    product_id IN `+database.In(len(args))+`
		ORDER BY product_id
		FOR UPDATE`, args...)
	if err != nil {
		return fmt.Errorf("lock products: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to its end or failed
	for rows.Next() {
		var item entity.Item
		var image []byte
		var price entity.Price
		var next sql.NullTime
		stock := &item.Stock
		if err := rows.Scan(&item.ProductID, &item.Name, &image, &item.Shown, &item.Status, &stock.OnHand, &stock.Reserved, &stock.Threshold, &stock.LowTold,
			&price.Amount, &price.From, &next); err != nil {
			return fmt.Errorf("read a product: %w", err)
		}
		price.To = next.Time
		item.Prices = entity.Timeline{price}
		item.Image = imageHash(image)
		shelf.Put(&item)
	}
	return rows.Err()
}

// saveStock writes the stock of locked products with one statement. For a
// thousand products it takes a sixth of the time of a statement each, and a
// quarter less than a CASE (measured).
func saveStock(ctx context.Context, tx *database.Tx, items []*entity.Item) error {
	if len(items) == 0 {
		return nil
	}
	var values strings.Builder
	values.WriteString("SELECT ? AS product_id, ? AS on_hand, ? AS reserved, ? AS told, ? AS shown")
	args := make([]any, 0, 5*len(items))
	for i, item := range items {
		if i > 0 {
			values.WriteString(" UNION ALL SELECT ?,?,?,?,?")
		}
		args = append(args, item.ProductID, item.Stock.OnHand, item.Stock.Reserved, item.Stock.LowTold, item.Shown)
	}
	err := tx.ExecLater(ctx, `
		UPDATE (`+values.String()+`) v
		       STRAIGHT_JOIN products p ON p.product_id = v.product_id
		SET    p.on_hand = v.on_hand, p.reserved = v.reserved, p.low_stock_told = v.told, p.image_shown = v.shown`, args...)
	if err != nil {
		return fmt.Errorf("save stock: %w", err)
	}
	return nil
}

package repository

import (
	"context"
	"fmt"
	"time"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// orderRow is a row of orders.
type orderRow struct {
	ID         id.ID         `db:"order_id"`
	ClientID   id.ID         `db:"client_id"`
	ClientName *string       `db:"client_name"`
	Address    *string       `db:"address"`
	Fulfilment string        `db:"fulfilment"`
	QuoteID    id.ID         `db:"quote_id"`
	Status     string        `db:"order_status"`
	Reason     *string       `db:"cancel_reason"`
	Total      *money.Amount `db:"total_price"`
	Version    int           `db:"version"`
	CreatedAt  time.Time     `db:"created_at"`
	UpdatedAt  time.Time     `db:"last_update_time"`
}

func (r orderRow) order() *entity.Order {
	return &entity.Order{
		ID: r.ID, ClientID: r.ClientID, ClientName: text(r.ClientName), Address: text(r.Address),
		Fulfilment: entity.Fulfilment(r.Fulfilment), QuoteID: r.QuoteID, Status: entity.Status(r.Status),
		Reason: entity.Reason(text(r.Reason)), Total: r.Total, Version: r.Version, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

// text reads NULL as empty.
func text(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}

// lineRow is a row of order_products.
type lineRow struct {
	OrderID   id.ID         `db:"order_id"`
	ProductID id.ID         `db:"product_id"`
	Purchased int           `db:"purchased_quantity"`
	Fulfilled int           `db:"fulfilled_quantity"`
	Name      *string       `db:"product_name"`
	ImageURL  *string       `db:"product_image_url"`
	UnitPrice *money.Amount `db:"unit_price"`
}

// read selects orders with their lines. rest is what follows WHERE.
func read(ctx context.Context, q database.Queryer, rest string, args ...any) ([]*entity.Order, error) {
	var rows []orderRow
	if err := q.SelectContext(ctx, &rows, "SELECT "+orderColumns+" FROM orders WHERE "+rest, args...); err != nil {
		return nil, fmt.Errorf("read orders: %w", err)
	}
	orders := make([]*entity.Order, len(rows))
	for i, r := range rows {
		orders[i] = r.order()
	}
	return orders, readLines(ctx, q, orders)
}

// readLines fills in the lines of all orders by one statement. Between reading an
// order and its lines an answer may have confirmed it: an order that was read
// without a total is shown without a snapshot.
func readLines(ctx context.Context, q database.Queryer, orders []*entity.Order) error {
	if len(orders) == 0 {
		return nil
	}
	byID := make(map[id.ID]*entity.Order, len(orders))
	ids := make([]any, len(orders))
	for i, o := range orders {
		byID[o.ID], ids[i] = o, o.ID
	}
	var rows []lineRow
	err := q.SelectContext(ctx, &rows, `
		SELECT   order_id, product_id, purchased_quantity, fulfilled_quantity, product_name, product_image_url, unit_price
		FROM     order_products
		WHERE    order_id IN `+database.In(len(ids))+`
		ORDER BY order_id, line_number`, ids...)
	if err != nil {
		return fmt.Errorf("read lines of %d orders: %w", len(orders), err)
	}
	for _, r := range rows {
		o := byID[r.OrderID]
		line := entity.Line{ProductID: r.ProductID, Purchased: r.Purchased}
		if o.Total != nil {
			line.Fulfilled, line.Name, line.ImageURL, line.UnitPrice = r.Fulfilled, r.Name, r.ImageURL, r.UnitPrice
		}
		o.Lines = append(o.Lines, line)
	}
	return nil
}

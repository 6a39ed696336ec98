package repository

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// Search lists orders a page at a time, without lines that come or go while
// others write. Each sort order has an index.
func (r *Orders) Search(ctx context.Context, f entity.Filter, q page.Query) (page.Page[*entity.Order], error) {
	// Orders are sorted by their moment when sorted by their ids.
	column := map[string]string{
		entity.ByCreatedAt: "order_id", entity.ByUpdatedAt: "last_update_time", entity.ByTotalPrice: "total_price", entity.ByStatus: "order_status",
	}[q.By]
	if err := checkKey(q); err != nil {
		return page.Page[*entity.Order]{}, err
	}
	where, args := conditions(f)
	after, more := database.After(q, column, "order_id")
	rest := strings.Join(append(where, after), " AND ") + " ORDER BY " + database.OrderBy(q, column, "order_id") + " LIMIT ?"
	orders, err := read(ctx, r.db, rest, append(append(args, more...), q.Limit+1)...)
	if err != nil {
		return page.Page[*entity.Order]{}, database.Wrap(err)
	}
	return page.Cut(orders, q.Limit, func(o *entity.Order) page.Key { return keyOf(o, q.By) }), nil
}

// conditions are those of the filter. The moment of placing is in the ids.
func conditions(f entity.Filter) (where []string, args []any) {
	add := func(condition string, arg any) { where, args = append(where, condition), append(args, arg) }
	if !f.ClientID.IsZero() {
		add("client_id = ?", f.ClientID)
	}
	if f.Status != "" {
		add("order_status = ?", string(f.Status))
	}
	if !f.CreatedAfter.IsZero() {
		add("order_id >= ?", id.Floor(limit(f.CreatedAfter)))
	}
	if !f.CreatedBefore.IsZero() {
		add("order_id < ?", id.Floor(limit(f.CreatedBefore)))
	}
	if !f.UpdatedAfter.IsZero() {
		add("last_update_time >= ?", limit(f.UpdatedAfter))
	}
	if !f.UpdatedBefore.IsZero() {
		add("last_update_time < ?", limit(f.UpdatedBefore))
	}
	return where, args
}

// limit makes of any moment a limit with the same meaning that MySQL can hold.
// What happens has a moment in whole milliseconds, so a finer one is rounded up.
// The first is not the epoch, whose id would be the zero one, which is NULL.
func limit(at time.Time) time.Time {
	at = at.Add(time.Millisecond - 1).Truncate(time.Millisecond)
	first, last := time.UnixMilli(1).UTC(), time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC)
	switch {
	case at.Before(first):
		return first
	case at.After(last):
		return last
	default:
		return at
	}
}

// moments is how MySQL writes DATETIME(3).
const moments = "2006-01-02 15:04:05.000"

// keyOf is the place of an order in a list sorted by a field.
func keyOf(o *entity.Order, by string) page.Key {
	value := ""
	switch by {
	case entity.ByUpdatedAt:
		value = o.UpdatedAt.Format(moments)
	case entity.ByStatus:
		value = string(o.Status)
	case entity.ByTotalPrice:
		if o.Total == nil {
			return page.Key{ID: o.ID}
		}
		value = o.Total.String()
	}
	return page.Key{Value: &value, ID: o.ID}
}

// checkKey refuses a cursor that was tampered with before MySQL has to.
func checkKey(q page.Query) error {
	if q.After == nil || q.After.Value == nil || written(q.By, *q.After.Value) {
		return nil
	}
	return fault.InvalidAt("query.cursor", "is not a cursor of this list")
}

// written reports whether keyOf may have written the value.
func written(by, value string) bool {
	switch by {
	case entity.ByUpdatedAt:
		at, err := time.Parse(moments, value)
		return err == nil && at.Format(moments) == value && at.Year() > 0
	case entity.ByTotalPrice:
		total, err := money.Parse(value)
		return err == nil && total.String() == value
	case entity.ByStatus:
		return slices.Contains(entity.Statuses(), entity.Status(value))
	default:
		return true // the id alone counts
	}
}

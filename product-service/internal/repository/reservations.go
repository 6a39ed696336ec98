package repository

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/faultpoint"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// Reservations keeps what orders have of the stock.
type Reservations struct {
	db   *sqlx.DB
	news News
}

// NewReservations returns the reservations in db. What they do to the stock goes
// to news.
func NewReservations(db *sqlx.DB, news News) *Reservations { return &Reservations{db: db, news: news} }

// Find returns the reservation of an order.
func (r *Reservations) Find(ctx context.Context, orderID id.ID) (*entity.Reservation, error) {
	var found *entity.Reservation
	err := database.InTx(ctx, r.db, func(tx *database.Tx) error {
		books := entity.NewBooks(time.Time{})
		if err := loadReservations(ctx, tx, books, []id.ID{orderID}, noLock); err != nil {
			return err
		}
		found = books.Known[orderID]
		return nil
	})
	if err == nil && found == nil {
		return nil, fault.NotFoundf("Order %s has no reservation.", orderID)
	}
	return found, err
}

// Reserve reserves what a batch of orders asks for, in the order they came, and
// returns an answer for each. An order that has been answered before gets the
// same again. All of it is saved or nothing.
//
// At first all orders are taken for new, as they nearly always are: to look for
// their reservations costs 6 % of the database's time for an order (measured).
// One that has been answered makes that fail as a duplicate, and then they are
// looked for.
func (r *Reservations) Reserve(ctx context.Context, requests []entity.Request, at time.Time) (answers []entity.Answer, err error) {
	look := false
	err = r.settle(ctx, func(tx *database.Tx) (*entity.Books, error) {
		books := entity.NewBooks(at)
		if err := loadShelf(ctx, tx, books, requests); err != nil {
			return nil, err
		}
		faultpoint.Reach(faultpoint.StockLocked)
		if look {
			// Looked for under the locks of the products, so that a replica that gets
			// the same messages waits here and then finds what the other has done.
			orders := idsOf(requests, func(q entity.Request) id.ID { return q.OrderID })
			if err := loadReservations(ctx, tx, books, orders, noLock); err != nil {
				return nil, err
			}
		}
		look = true
		if err := loadQuotes(ctx, tx, books, requests); err != nil {
			return nil, err
		}
		answers = make([]entity.Answer, len(requests))
		for i, request := range requests {
			answers[i] = books.Reserve(request)
		}
		return books, nil
	})
	return answers, err
}

// Close releases or ships a batch of reservations, in the order the closes came,
// and returns for each why it was refused, nil when it was not. All the others
// are saved or nothing is.
func (r *Reservations) Close(ctx context.Context, closes []entity.Close, at time.Time) (refusals []error, err error) {
	err = r.settle(ctx, func(tx *database.Tx) (*entity.Books, error) {
		books := entity.NewBooks(at)
		orders := idsOf(closes, func(c entity.Close) id.ID { return c.OrderID })
		if err := loadReservations(ctx, tx, books, orders, forUpdate); err != nil {
			return nil, err
		}
		if err := loadHeld(ctx, tx, books); err != nil {
			return nil, err
		}
		refusals = make([]error, len(closes))
		for i, c := range closes {
			refusals[i] = books.Close(c)
		}
		return books, nil
	})
	return refusals, err
}

// attempts bounds how often a batch runs that met its own orders in another.
const attempts = 5

// settle lets do fill and change books, and saves what is different. When
// another transaction has opened a reservation of the same order meanwhile, all
// of it runs again and finds that one.
func (r *Reservations) settle(ctx context.Context, do func(tx *database.Tx) (*entity.Books, error)) (err error) {
	for range attempts {
		var touched []id.ID
		err = r.news.inTx(ctx, r.db, func(tx *database.Tx) ([]entity.Event, error) {
			books, err := do(tx)
			if err != nil {
				return nil, err
			}
			touched = books.Shelf.IDs()
			return writeBooks(ctx, tx, books)
		})
		if err == nil {
			r.news.Cache.invalidate(ctx, touched)
		}
		if !database.IsDuplicate(err) {
			break
		}
	}
	return err
}

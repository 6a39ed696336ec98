package service

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

type offers interface {
	Shelf(ctx context.Context, products []id.ID, at time.Time) (entity.Shelf, error)
	Create(ctx context.Context, q *entity.Quote) error
	Find(ctx context.Context, quoteID id.ID) (*entity.Quote, error)
	DeleteExpired(ctx context.Context, before time.Time, limit int) (int, error)
	DeleteUnused(ctx context.Context, clients []id.ID) error
}

// Quotes offers clients prices that hold for a while.
type Quotes struct {
	store offers
	ttl   time.Duration
	now   func() time.Time
}

// NewQuotes returns the quotes that store keeps. Each can be used for ttl.
func NewQuotes(store offers, ttl time.Duration, now func() time.Time) *Quotes {
	return &Quotes{store: store, ttl: ttl, now: now}
}

// Offer makes a quote for a client, at the prices of this moment. It fails with
// every line that cannot be offered.
func (s *Quotes) Offer(ctx context.Context, by auth.Principal, wants []entity.Want) (*entity.Quote, error) {
	quoteID, err := id.New()
	if err != nil {
		return nil, err
	}
	now := s.now()
	shelf := entity.Shelf{}
	if products := productsOf(wants); len(products) > 0 {
		if shelf, err = s.store.Shelf(ctx, products, now); err != nil {
			return nil, err
		}
	}
	quote, err := entity.NewQuote(quoteID, by.UserID, wants, shelf, now, s.ttl)
	if err != nil {
		return nil, err
	}
	return quote, s.store.Create(ctx, quote)
}

func productsOf(wants []entity.Want) []id.ID {
	products := make([]id.ID, len(wants))
	for i, want := range wants {
		products[i] = want.ProductID
	}
	return products
}

// Find returns a client's own quote; those of others do not exist.
func (s *Quotes) Find(ctx context.Context, by auth.Principal, quoteID id.ID) (*entity.Quote, error) {
	quote, err := s.store.Find(ctx, quoteID)
	if err == nil && quote.ClientID != by.UserID {
		return nil, fault.NotFoundf("There is no quote %s.", quoteID)
	}
	return quote, err
}

// FindAny returns a quote to another service.
func (s *Quotes) FindAny(ctx context.Context, quoteID id.ID) (*entity.Quote, error) {
	return s.store.Find(ctx, quoteID)
}

// retention is how long a quote is kept after its end: far longer than an order
// that was placed in time can wait for its validation.
const (
	retention   = 7 * 24 * time.Hour
	expiryBatch = 500
)

// DeleteOld removes quotes that no order can ask for any more.
func (s *Quotes) DeleteOld(ctx context.Context) error {
	for {
		n, err := s.store.DeleteExpired(ctx, s.now().Add(-retention), expiryBatch)
		if err != nil || n < expiryBatch {
			return err
		}
	}
}

// Forget removes what erased clients asked for and did not order. It may be
// repeated. What an access token brings that outlives its account goes with the
// other old quotes.
func (s *Quotes) Forget(ctx context.Context, clients []id.ID) error {
	return s.store.DeleteUnused(ctx, clients)
}

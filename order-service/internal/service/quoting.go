package service

import (
	"context"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// quotes knows what clients were offered.
type quotes interface {
	Quote(ctx context.Context, quoteID id.ID) (*entity.Quote, error)
}

// checkQuote refuses an order at once whose quote it cannot have. When nobody
// can tell for now the order is accepted: product-service decides.
func (s *Orders) checkQuote(ctx context.Context, o *entity.Order) error {
	if o.QuoteID.IsZero() || s.quotes == nil {
		return nil
	}
	quote, err := s.quotes.Quote(ctx, o.QuoteID)
	switch {
	case err == nil:
		return o.CheckQuote(quote)
	case fault.KindOf(err) == fault.NotFound:
		return o.CheckQuote(nil)
	default:
		return nil //nolint:nilerr // an outage of others is no reason to take no orders
	}
}

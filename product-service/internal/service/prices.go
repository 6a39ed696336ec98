package service

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// History returns all prices of a product, also those that are set for later.
func (s *Products) History(ctx context.Context, productID id.ID) (entity.History, error) {
	prices, err := s.store.History(ctx, productID)
	if err == nil && len(prices) == 0 {
		err = fault.NotFoundf("There is no product %s.", productID)
	}
	return entity.NewHistory(prices, s.now()), err
}

// PriceAt returns the price of a product at a moment, past or to come. It fails
// with NotFound for a moment before the first one.
func (s *Products) PriceAt(ctx context.Context, productID id.ID, at time.Time) (entity.Price, error) {
	history, err := s.History(ctx, productID)
	if err != nil {
		return entity.Price{}, err
	}
	price, _ := history.Prices.At(at)
	if at.Before(price.From) {
		return price, fault.NotFoundf("Product %s had no price then.", productID)
	}
	return price, nil
}

// SetPrice sets the price of a product from a moment on, from now on where from
// is zero.
func (s *Products) SetPrice(ctx context.Context, by auth.Principal, productID id.ID, basis entity.Basis, amount money.Amount, from time.Time) (entity.Price, error) {
	var set entity.Price
	_, err := s.update(ctx, by, productID, basis, func(p *entity.Product, edit entity.Edit) (err error) {
		set, err = p.SetPrice(amount, from, edit)
		return err
	})
	return set, err
}

// dueBatch is how many products change their price in one transaction.
const dueBatch = 100

// ApplyDuePrices lets the prices take effect whose moment has come.
func (s *Products) ApplyDuePrices(ctx context.Context) error {
	for {
		now := s.now()
		n, err := s.store.UpdateDue(ctx, now, dueBatch, func(p *entity.Product) { p.Advance(now) })
		if err != nil || n < dueBatch {
			return err
		}
	}
}

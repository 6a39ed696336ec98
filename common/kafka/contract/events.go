package contract

import (
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
)

// OrderStatusChanged tells anyone that an order took a step. Sequence counts
// the order's steps from 1; From is null at the first.
type OrderStatusChanged struct {
	EventID    id.ID         `json:"eventId"`
	OrderID    id.ID         `json:"orderId"`
	ClientID   id.ID         `json:"clientId"`
	Sequence   int           `json:"sequence"`
	From       *string       `json:"from"`
	To         string        `json:"to"`
	Reason     *string       `json:"reason"`
	TotalPrice *money.Amount `json:"totalPrice"`
	OccurredAt Time          `json:"occurredAt"`
}

func (m OrderStatusChanged) about() (topic, kind string, key id.ID) {
	return OrderEvents, "OrderStatusChanged", m.OrderID
}

// PriceChanged tells anyone that a price took effect.
type PriceChanged struct {
	EventID       id.ID         `json:"eventId"`
	ProductID     id.ID         `json:"productId"`
	Price         money.Amount  `json:"price"`
	PreviousPrice *money.Amount `json:"previousPrice"`
	EffectiveFrom Time          `json:"effectiveFrom"`
	OccurredAt    Time          `json:"occurredAt"`
}

func (m PriceChanged) about() (topic, kind string, key id.ID) {
	return ProductEvents, "PriceChanged", m.ProductID
}

// StockLow tells anyone, once at each crossing, that a product's available
// stock fell to its threshold or below.
type StockLow struct {
	EventID    id.ID `json:"eventId"`
	ProductID  id.ID `json:"productId"`
	Available  int   `json:"available"`
	Threshold  int   `json:"threshold"`
	OccurredAt Time  `json:"occurredAt"`
}

func (m StockLow) about() (topic, kind string, key id.ID) {
	return ProductEvents, "StockLow", m.ProductID
}

// UserErased asks every service to forget what it knows about a person.
type UserErased struct {
	EventID    id.ID `json:"eventId"`
	UserID     id.ID `json:"userId"`
	OccurredAt Time  `json:"occurredAt"`
}

func (m UserErased) about() (topic, kind string, key id.ID) {
	return UserEvents, "UserErased", m.UserID
}

// DecodeUserErased reads an erasure. The failure is the message's own fault.
func DecodeUserErased(raw []byte) (UserErased, error) {
	var m UserErased
	if err := decode(raw, &m); err != nil {
		return m, err
	}
	if m.UserID.IsZero() {
		return m, fault.InvalidAt("userId", "is missing")
	}
	return m, nil
}

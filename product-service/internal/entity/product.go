// Package entity holds what the catalogue is made of, products with their prices
// and stock, and the reservations that orders have on them; and it takes every
// decision about them. It is pure: no input or output, no clock.
package entity

import (
	"encoding/hex"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
)

// Status says whether a product can be ordered.
type Status string

// The statuses. An archived product stays readable by id.
const (
	Active   Status = "ACTIVE"
	Archived Status = "ARCHIVED"
)

// Product is one thing the shop sells. Where it is read to be changed, Prices
// holds the price in effect and all that follow; elsewhere it is empty.
type Product struct {
	ID          id.ID
	Name        string
	Description string
	Price       money.Amount // in effect since PriceFrom
	PriceFrom   time.Time
	Prices      Timeline
	Stock       Stock
	Image       ImageHash
	ImageShown  bool // by an order
	Status      Status
	Version     int64 // counts what people change; reservations leave it alone
	CreatedAt   time.Time
	UpdatedAt   time.Time

	Adjustments []Adjustment // made since the product was read, to be kept with it
	Events      []Event      // of the same changes, for others to hear
}

// Draft is what a product is made of.
type Draft struct {
	Name        string
	Description string
	Price       money.Amount
	Quantity    int // on hand from the start
}

// Violations lists the rules that the draft breaks, by the fields' names in JSON.
func (d Draft) Violations() []fault.Violation {
	var broken violations
	broken.checkName(d.Name)
	broken.checkDescription(d.Description)
	broken.checkPrice(d.Price)
	broken.checkQuantity(d.Quantity)
	return broken
}

// NewProduct makes an active product with its first price and, where there is
// stock, its first adjustment. It fails with every rule that the draft breaks.
func NewProduct(productID id.ID, d Draft, by Edit) (*Product, error) {
	if err := fault.InvalidAll(d.Violations()...).Err(); err != nil {
		return nil, err
	}
	p := &Product{
		ID: productID, Name: d.Name, Description: d.Description, Status: Active,
		Version: 1, CreatedAt: by.At, UpdatedAt: by.At,
	}
	p.reprice(d.Price, by)
	if d.Quantity > 0 {
		p.adjust(d.Quantity, Initial, by)
	}
	return p, nil
}

// Edit says who changes something, when, and the id under which the change is
// kept where it is kept by itself.
type Edit struct {
	ID    id.ID
	Actor string // a user's id, or System
	At    time.Time
}

// System is the actor of what nobody asked for by hand.
const System = "system"

// ImageHash is the SHA-256 of an image's bytes; zero without an image.
type ImageHash [32]byte

// URL returns where a product's image is, relative to the gateway, or nil
// without one. It names the image's content, so that what an order shows stays
// the same picture when the product gets another.
func (h ImageHash) URL(productID id.ID) *string {
	if h == (ImageHash{}) {
		return nil
	}
	url := "/v1/products/" + productID.String() + "/image?v=" + hex.EncodeToString(h[:])
	return &url
}

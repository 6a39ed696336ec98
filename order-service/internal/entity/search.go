package entity

import (
	"time"

	"github.com/oms-fleet/oms/common/id"
)

// Filter says which orders to list; zero fields do not matter.
type Filter struct {
	ClientID      id.ID
	Status        Status
	CreatedAfter  time.Time // this moment or later
	CreatedBefore time.Time // earlier than this moment
	UpdatedAfter  time.Time
	UpdatedBefore time.Time
}

// The fields that orders can be sorted by.
const (
	ByCreatedAt  = "createdAt"
	ByUpdatedAt  = "updatedAt"
	ByTotalPrice = "totalPrice"
	ByStatus     = "status"
)

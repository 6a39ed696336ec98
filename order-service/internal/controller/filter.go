package controller

import (
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// FilterInput says which orders to list. Moments are RFC 3339.
type FilterInput struct {
	ClientID      id.ID     `query:"clientId" doc:"orders of this client; clients see only their own anyway"`
	Status        string    `query:"status" enum:"NEW,CONFIRMED,PARTIAL_CONFIRMED,CANCELLED,SHIPPED"`
	CreatedAfter  time.Time `query:"createdAfter" doc:"placed at this moment or later" example:"2026-01-02T03:04:05Z"`
	CreatedBefore time.Time `query:"createdBefore" doc:"placed before this moment"`
	UpdatedAfter  time.Time `query:"updatedAfter" doc:"changed last at this moment or later"`
	UpdatedBefore time.Time `query:"updatedBefore" doc:"changed last before this moment"`
}

// filter refuses ranges that can hold nothing: they are mistakes.
func (in FilterInput) filter() (entity.Filter, error) {
	var wrong []fault.Violation
	check := func(place string, after, before time.Time) {
		if !after.IsZero() && !before.IsZero() && !after.Before(before) {
			wrong = append(wrong, fault.Violation{Location: "query." + place, Message: "is not before the end of the range"})
		}
	}
	check("createdAfter", in.CreatedAfter, in.CreatedBefore)
	check("updatedAfter", in.UpdatedAfter, in.UpdatedBefore)
	return entity.Filter{
		ClientID: in.ClientID, Status: entity.Status(in.Status),
		CreatedAfter: in.CreatedAfter, CreatedBefore: in.CreatedBefore, UpdatedAfter: in.UpdatedAfter, UpdatedBefore: in.UpdatedBefore,
	}, fault.InvalidAll(wrong...).Err()
}

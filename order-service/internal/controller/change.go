package controller

import (
	"context"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

type cancelInput struct {
	OrderPath
	web.IfMatch
}

func (c *Controller) cancel(ctx context.Context, in *cancelInput) (*orderOutput, error) {
	order, err := c.orders.Cancel(ctx, auth.From(ctx), change(ctx, in.ID, in.IfMatch, ""))
	if err != nil {
		return nil, err
	}
	return newOrderOutput(order), nil
}

type statusInput struct {
	OrderPath
	web.IfMatch
	Body struct {
		Status string `json:"status" enum:"SHIPPED,CANCELLED" example:"SHIPPED"`
		Note   string `json:"note,omitempty" maxLength:"500" doc:"kept in the order's history" example:"sent by lorry"`
	}
}

func (c *Controller) setStatus(ctx context.Context, in *statusInput) (*orderOutput, error) {
	take := c.orders.Cancel
	if entity.Status(in.Body.Status) == entity.Shipped {
		take = c.orders.Ship
	}
	order, err := take(ctx, auth.From(ctx), change(ctx, in.ID, in.IfMatch, in.Body.Note))
	if err != nil {
		return nil, err
	}
	return newOrderOutput(order), nil
}

func change(ctx context.Context, orderID id.ID, match web.IfMatch, note string) entity.Change {
	return entity.Change{
		OrderID: orderID, Note: note, TraceID: telemetry.TraceID(ctx),
		Check: func(version int) error { return match.Check(int64(version)) },
	}
}

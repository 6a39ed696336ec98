package controller

import (
	"context"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// stepBody is one row of an order's history.
type stepBody struct {
	Sequence   int      `json:"sequence" doc:"counts from 1" example:"2"`
	From       *string  `json:"from" doc:"null for the first step" example:"NEW"`
	To         string   `json:"to" example:"CONFIRMED"`
	Actor      string   `json:"actor" doc:"a user's id, system (the deadline) or product-service (an answer)" example:"product-service"`
	Reason     *string  `json:"reason" doc:"of a cancellation" example:"CLIENT_REQUEST"`
	Note       *string  `json:"note" doc:"what the admin who took the step had to say" example:"sent by lorry"`
	OccurredAt web.Time `json:"occurredAt"`
	TraceID    *string  `json:"traceId" doc:"finds the step in the logs" example:"0af7651916cd43dd8448eb211c80319c"`
}

func newStepBody(s entity.Step) stepBody {
	return stepBody{
		Sequence: s.Sequence, From: optional(s.From), To: string(s.To), Actor: s.Actor, Reason: optional(s.Reason),
		Note: optional(s.Note), OccurredAt: web.Time{Time: s.OccurredAt}, TraceID: optional(s.TraceID),
	}
}

type historyOutput struct{ Body web.Short[stepBody] }

func (c *Controller) history(ctx context.Context, in *OrderPath) (*historyOutput, error) {
	steps, err := c.orders.History(ctx, auth.From(ctx), in.ID, 0)
	if err != nil {
		return nil, err
	}
	out := &historyOutput{Body: web.Short[stepBody]{Items: make([]stepBody, len(steps))}}
	for i, s := range steps {
		out.Body.Items[i] = newStepBody(s)
	}
	return out, nil
}

// ruleBody is one step that the lifecycle allows.
type ruleBody struct {
	From *string `json:"from" doc:"null: the order does not exist yet" example:"CONFIRMED"`
	To   string  `json:"to" example:"SHIPPED"`
	By   string  `json:"by" doc:"who may take the step" example:"admin"`
	Then string  `json:"then" doc:"what happens" example:"the goods leave the stock"`
}

type lifecycleOutput struct{ Body web.Short[ruleBody] }

func (c *Controller) lifecycle(context.Context, *struct{}) (*lifecycleOutput, error) {
	out := &lifecycleOutput{}
	for _, r := range entity.Lifecycle() {
		out.Body.Items = append(out.Body.Items, ruleBody{From: optional(r.From), To: string(r.To), By: r.By, Then: r.Then})
	}
	return out, nil
}

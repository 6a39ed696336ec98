package controller

import (
	"context"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// stepBody is one row of an order's history.
type stepBody struct {
	Sequence   int      `json:"sequence" doc:"counts from 1"`
	From       *string  `json:"from" doc:"null for the first step"`
	To         string   `json:"to"`
	Actor      string   `json:"actor" doc:"a user's id, system (the deadline) or product-service (an answer)"`
	Reason     *string  `json:"reason"`
	Note       *string  `json:"note"`
	OccurredAt web.Time `json:"occurredAt"`
	TraceID    *string  `json:"traceId"`
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
	From *string `json:"from" doc:"null: the order does not exist yet"`
	To   string  `json:"to"`
	By   string  `json:"by" doc:"who may take the step"`
	Then string  `json:"then" doc:"what happens"`
}

type lifecycleOutput struct{ Body web.Short[ruleBody] }

func (c *Controller) lifecycle(context.Context, *struct{}) (*lifecycleOutput, error) {
	out := &lifecycleOutput{}
	for _, r := range entity.Lifecycle() {
		out.Body.Items = append(out.Body.Items, ruleBody{From: optional(r.From), To: string(r.To), By: r.By, Then: r.Then})
	}
	return out, nil
}

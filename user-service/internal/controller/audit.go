package controller

import (
	"context"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

type auditInput struct {
	web.Paging
	Subject string `query:"subject" maxLength:"100" doc:"the id of an account, a client or a key"`
	Actor   id.ID  `query:"actor" doc:"the id of who did it"`
}

type deedBody struct {
	ID         id.ID         `json:"id"`
	Actor      *id.ID        `json:"actor" doc:"who did it; null for the service itself"`
	Action     entity.Action `json:"action"`
	Subject    string        `json:"subject" doc:"the id of what it was done to"`
	Detail     string        `json:"detail"`
	OccurredAt web.Time      `json:"occurredAt"`
}

type auditOutput struct {
	Body web.List[deedBody]
}

// searchAudit tells who did what to accounts, clients and keys, the newest first.
func (c *Controller) searchAudit(ctx context.Context, in *auditInput) (*auditOutput, error) {
	q, err := in.Query("-" + entity.SortByOccurredAt)
	if err != nil {
		return nil, err
	}
	found, err := c.Audit.Search(ctx, entity.DeedFilter{Subject: in.Subject, Actor: in.Actor}, q)
	if err != nil {
		return nil, err
	}
	return &auditOutput{Body: web.NewList(found, q, newDeedBody)}, nil
}

func newDeedBody(d entity.Deed) deedBody {
	body := deedBody{ID: d.ID, Action: d.Action, Subject: d.Subject, Detail: d.Detail, OccurredAt: web.Time{Time: d.OccurredAt}}
	if !d.Actor.IsZero() {
		body.Actor = &d.Actor
	}
	return body
}

package controller

import (
	"context"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

type sessionBody struct {
	ID         id.ID    `json:"id"`
	Current    bool     `json:"current" doc:"whether this request belongs to it"`
	ClientID   string   `json:"clientId" doc:"the application that was signed in with"`
	UserAgent  *string  `json:"userAgent"`
	IPAddress  *string  `json:"ipAddress"`
	CreatedAt  web.Time `json:"createdAt"`
	LastUsedAt web.Time `json:"lastUsedAt"`
	ExpiresAt  web.Time `json:"expiresAt" doc:"at the latest"`
}

func newSessionBody(s entity.Session, by entity.Actor) sessionBody {
	return sessionBody{
		ID: s.ID, Current: s.ID == by.SessionID, ClientID: s.ClientID,
		UserAgent: told(s.Device.UserAgent), IPAddress: told(s.Device.Address),
		CreatedAt: web.Time{Time: s.CreatedAt}, LastUsedAt: web.Time{Time: s.UsedAt}, ExpiresAt: web.Time{Time: s.EndsAt},
	}
}

type sessionsOutput struct {
	Body web.Short[sessionBody]
}

// listSessions tells where one is signed in, the newest session first.
func (c *Controller) listSessions(ctx context.Context, _ *struct{}) (*sessionsOutput, error) {
	by := actor(ctx)
	found, err := c.Sessions.List(ctx, by)
	if err != nil {
		return nil, err
	}
	list := web.Short[sessionBody]{Items: make([]sessionBody, 0, len(found))}
	for _, s := range found {
		list.Items = append(list.Items, newSessionBody(s, by))
	}
	return &sessionsOutput{Body: list}, nil
}

type sessionPath struct {
	ID id.ID `path:"id"`
}

// endSession signs one's own session out.
func (c *Controller) endSession(ctx context.Context, in *sessionPath) (*struct{}, error) {
	return nil, c.Sessions.End(ctx, actor(ctx), in.ID)
}

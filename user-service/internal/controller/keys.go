package controller

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

type jwksOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         auth.KeySet
}

// jwks publishes the keys for verifiers, which may keep them for less than a new
// key waits before it signs.
func (c *Controller) jwks(context.Context, *struct{}) (*jwksOutput, error) {
	return &jwksOutput{CacheControl: "public, max-age=15", Body: c.Published.Published()}, nil
}

type keyBody struct {
	ID          string          `json:"id" doc:"the kid of tokens and of the JWKS"`
	State       entity.KeyState `json:"state" enum:"NEXT,ACTIVE,RETIRED"`
	Asked       bool            `json:"asked" doc:"it takes over as soon as it may"`
	CreatedAt   *web.Time       `json:"createdAt"`
	SignsFrom   *web.Time       `json:"signsFrom" doc:"the earliest moment at which it may sign; verifiers know it then"`
	ActivatedAt *web.Time       `json:"activatedAt"`
	RetiredAt   *web.Time       `json:"retiredAt"`
}

type keysOutput struct {
	Body web.Short[keyBody]
}

// listKeys tells which keys there are, the newest first.
func (c *Controller) listKeys(ctx context.Context, _ *struct{}) (*keysOutput, error) {
	return keysAnswer(c.Keys.List(ctx))
}

// rotateKeys lets another key sign.
func (c *Controller) rotateKeys(ctx context.Context, _ *struct{}) (*keysOutput, error) {
	return keysAnswer(c.Keys.Rotate(ctx, actor(ctx)))
}

func keysAnswer(keys []entity.SigningKey, err error) (*keysOutput, error) {
	if err != nil {
		return nil, err
	}
	list := web.Short[keyBody]{Items: make([]keyBody, len(keys))}
	for i, key := range keys {
		list.Items[i] = keyBody{
			ID: key.ID, State: key.State, Asked: key.Asked, CreatedAt: when(&key.CreatedAt), SignsFrom: when(key.SignsFrom),
			ActivatedAt: when(key.ActivatedAt), RetiredAt: when(key.RetiredAt),
		}
	}
	return &keysOutput{Body: list}, nil
}

// when makes null of a moment that has not come.
func when(t *time.Time) *web.Time {
	if t == nil || t.IsZero() {
		return nil
	}
	return &web.Time{Time: *t}
}

package controller

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// actor returns the user who asks.
func actor(ctx context.Context) entity.Actor {
	p := auth.From(ctx)
	roles := make([]entity.Role, len(p.Roles))
	for i, role := range p.Roles {
		roles[i] = entity.Role(role)
	}
	session, err := id.Parse(p.SessionID)
	if err != nil {
		session = id.ID{} // a token without a session
	}
	return entity.Actor{ID: p.UserID, Roles: entity.NewRoles(roles...), SessionID: session}
}

// inBody tells the mistakes of an input at their places in the request's body.
func inBody(err error) error {
	found, ok := errors.AsType[*fault.Error](err)
	if !ok || len(found.Violations) == 0 {
		return err
	}
	placed := make([]fault.Violation, len(found.Violations))
	for i, v := range found.Violations {
		placed[i] = fault.Violation{Location: "body." + v.Location, Message: v.Message}
	}
	return fault.InvalidAll(placed...)
}

// details turns violations into what huma collects, except those of the fields
// that are absent: the schema tells these.
func details(place *huma.PathBuffer, found []fault.Violation, absent bool, field string) []error {
	var told []error
	for _, v := range found {
		if absent && v.Location == field {
			continue
		}
		told = append(told, &huma.ErrorDetail{Location: place.With(v.Location), Message: v.Message})
	}
	return told
}

// Text is an optional text in a change: left out it stays, null empties it.
type Text struct {
	sent  bool
	value string
}

// UnmarshalJSON reads a text or null.
func (t *Text) UnmarshalJSON(raw []byte) error {
	t.sent, t.value = true, ""
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	return json.Unmarshal(raw, &t.value)
}

// Schema is a string or null.
func (Text) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Nullable: true}
}

// change is nil for a text that was left out.
func (t Text) change() *string {
	if !t.sent {
		return nil
	}
	return &t.value
}

package controller

import (
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// userBody is an account as it is told: whole, or in the basic form without
// what is in Details.
type userBody struct {
	ID        id.ID   `json:"id"`
	Email     string  `json:"email" example:"ada@example.com"`
	FirstName *string `json:"firstName" example:"Ada"`
	LastName  *string `json:"lastName" example:"Lovelace"`
	*Details
}

// Details is what the basic form of an account lacks.
type Details struct {
	Address   *string      `json:"address" required:"false"`
	Roles     entity.Roles `json:"roles" required:"false"`
	CreatedAt web.Time     `json:"createdAt" required:"false"`
	UpdatedAt web.Time     `json:"updatedAt" required:"false"`
}

// basic is the form in which admins see other admins and roots.
func basic(u *entity.User) userBody {
	return userBody{ID: u.ID, Email: u.Email, FirstName: told(u.FirstName), LastName: told(u.LastName)}
}

func whole(u *entity.User) userBody {
	body := basic(u)
	body.Details = &Details{
		Address: told(u.Address), Roles: u.Roles,
		CreatedAt: web.Time{Time: u.CreatedAt}, UpdatedAt: web.Time{Time: u.UpdatedAt},
	}
	return body
}

// seenBy returns the form of an account that an actor may see.
func seenBy(actor entity.Actor, u *entity.User) userBody {
	if actor.SeesAllOf(u) {
		return whole(u)
	}
	return basic(u)
}

// told makes null of a text that was never told.
func told(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

type userOutput struct {
	ETag string `header:"ETag"`
	Body userBody
}

func answer(u *entity.User) *userOutput {
	return &userOutput{ETag: web.ETag(u.Version), Body: whole(u)}
}

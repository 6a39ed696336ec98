package controller

import (
	"context"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

type searchInput struct {
	web.Paging
	Email     string      `query:"email" maxLength:"254" doc:"contained in the address, in any case"`
	FirstName string      `query:"firstName" maxLength:"100" doc:"contained, in any case"`
	LastName  string      `query:"lastName" maxLength:"100" doc:"contained, in any case"`
	Role      entity.Role `query:"role" enum:"ROOT,ADMIN,CLIENT"`
}

type searchOutput struct {
	Body web.List[userBody]
}

// search lists accounts, sorted by createdAt or email.
func (c *Controller) search(ctx context.Context, in *searchInput) (*searchOutput, error) {
	q, err := in.Query(entity.SortByCreatedAt, entity.SortByEmail)
	if err != nil {
		return nil, err
	}
	filter := entity.UserFilter{Email: in.Email, FirstName: in.FirstName, LastName: in.LastName, Role: in.Role}
	found, err := c.Accounts.Search(ctx, filter, q)
	if err != nil {
		return nil, err
	}
	by := actor(ctx)
	show := func(u *entity.User) userBody { return seenBy(by, u) }
	return &searchOutput{Body: web.NewList(found, q, show)}, nil
}

type findInput struct {
	web.IfNoneMatch
	ID id.ID `path:"id"`
}

// find reads an account, as far as the actor may see it.
func (c *Controller) find(ctx context.Context, in *findInput) (*userOutput, error) {
	user, err := c.Accounts.Find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.Check(web.ETag(user.Version)); err != nil {
		return nil, err
	}
	body := seenBy(actor(ctx), user)
	return &userOutput{ETag: web.ETag(user.Version), Body: body}, nil
}

type changeInput struct {
	web.IfMatch
	ID   id.ID `path:"id"`
	Body profileChange
}

// change changes the profile of an account.
func (c *Controller) change(ctx context.Context, in *changeInput) (*userOutput, error) {
	user, err := c.Accounts.ChangeProfile(ctx, actor(ctx), in.ID, in.Check, in.Body.change())
	if err != nil {
		return nil, inBody(err)
	}
	return answer(user), nil
}

type rolesInput struct {
	web.IfMatch
	ID   id.ID `path:"id"`
	Body struct {
		Roles []entity.Role `json:"roles" minItems:"1" maxItems:"10" enum:"ROOT,ADMIN,CLIENT"`
	}
}

// changeRoles sets the roles of an account.
func (c *Controller) changeRoles(ctx context.Context, in *rolesInput) (*userOutput, error) {
	user, err := c.Accounts.ChangeRoles(ctx, actor(ctx), in.ID, in.Check, entity.NewRoles(in.Body.Roles...))
	if err != nil {
		return nil, inBody(err)
	}
	return answer(user), nil
}

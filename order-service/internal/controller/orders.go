// Package controller is order-service's REST side: requests become questions to
// the service, orders become answers.
package controller

import (
	"context"
	"net/http"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// orders is what the routes ask of the service.
type orders interface {
	Place(ctx context.Context, by auth.Principal, p entity.Placing) (order *entity.Order, replayed bool, err error)
	Find(ctx context.Context, by auth.Principal, orderID id.ID) (*entity.Order, error)
	Search(ctx context.Context, by auth.Principal, f entity.Filter, q page.Query) (page.Page[*entity.Order], error)
	History(ctx context.Context, by auth.Principal, orderID id.ID, after int) ([]entity.Step, error)
	Followable(ctx context.Context, by auth.Principal, orderID id.ID, seen int) (after int, more bool, err error)
	Follow(ctx context.Context, orderID id.ID, after int, done <-chan struct{}, to entity.Follower) error
	Cancel(ctx context.Context, by auth.Principal, c entity.Change) (*entity.Order, error)
	Ship(ctx context.Context, by auth.Principal, c entity.Change) (*entity.Order, error)
}

// Controller answers for orders.
type Controller struct{ orders orders }

// Register adds the routes to the API.
func Register(api *web.API, o orders) {
	c := &Controller{orders: o}
	conflicting := web.Fails(http.StatusConflict) // with the order's lifecycle, or with a quote's
	web.Post(api, "/v1/orders", "Place an order", web.SignedIn(), c.place, conflicting)
	web.Get(api, "/v1/orders", "List orders", web.SignedIn(), c.list)
	web.Get(api, "/v1/orders/{id}", "Find an order", web.SignedIn(), c.find)
	web.Post(api, "/v1/orders/{id}/cancel", "Cancel an order", web.SignedIn(), c.cancel, web.Status(http.StatusOK), conflicting)
	web.Put(api, "/v1/orders/{id}/status", "Ship or cancel an order", web.Admin(), c.setStatus, conflicting)
	web.Get(api, "/v1/orders/{id}/history", "Read an order's history", web.SignedIn(), c.history)
	web.Get(api, "/v1/orders/{id}/events", "Follow an order", web.SignedIn(), c.events, web.Streaming(), eventStream)
	web.Get(api, "/v1/order-lifecycle", "List the steps that an order may take", web.Public(), c.lifecycle)
}

// OrderPath names an order. It is exported because huma fills only exported
// fields, embedded structs too.
type OrderPath struct {
	ID id.ID `path:"id" doc:"the order"`
}

type findInput struct {
	OrderPath
	web.IfNoneMatch
}

func (c *Controller) find(ctx context.Context, in *findInput) (*orderOutput, error) {
	order, err := c.orders.Find(ctx, auth.From(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return newOrderOutput(order), in.Check(etag(order))
}

type listInput struct {
	web.Paging
	FilterInput
}

type listOutput struct{ Body web.List[orderBody] }

func (c *Controller) list(ctx context.Context, in *listInput) (*listOutput, error) {
	query, err := in.Query("-"+entity.ByCreatedAt, entity.ByUpdatedAt, entity.ByTotalPrice, entity.ByStatus)
	if err != nil {
		return nil, err
	}
	filter, err := in.filter()
	if err != nil {
		return nil, err
	}
	found, err := c.orders.Search(ctx, auth.From(ctx), filter, query)
	if err != nil {
		return nil, err
	}
	return &listOutput{Body: web.NewList(found, query, newOrderBody)}, nil
}

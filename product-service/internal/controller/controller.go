// Package controller is the HTTP side: which routes there are, who may use
// them, and how requests become calls of the service and answers become JSON.
package controller

import (
	"context"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

type products interface {
	Find(ctx context.Context, productID id.ID) (*entity.Product, error)
	FindAll(ctx context.Context, ids []id.ID) ([]*entity.Product, error)
	Search(ctx context.Context, by auth.Principal, search entity.Search) (page.Page[*entity.Product], error)
	Create(ctx context.Context, by auth.Principal, draft entity.Draft) (*entity.Product, error)
	Change(ctx context.Context, by auth.Principal, productID id.ID, basis entity.Basis, change entity.Change) (*entity.Product, error)
	Adjust(ctx context.Context, by auth.Principal, productID id.ID, basis entity.Basis, count entity.Count) (*entity.Product, error)
	Adjustments(ctx context.Context, productID id.ID, q page.Query) (page.Page[entity.Adjustment], error)
}

type reservations interface {
	Find(ctx context.Context, orderID id.ID) (*entity.Reservation, error)
}

// Controller answers the routes of product-service.
type Controller struct {
	Products     products
	Reservations reservations
}

// Register adds the routes to an API.
func (c *Controller) Register(api *web.API) {
	web.Get(api, "/v1/products", "Search products", web.Optional(), c.search)
	web.Post(api, "/v1/products", "Add a product", web.Admin(), c.create)
	web.Get(api, "/v1/products/{id}", "Read a product", web.Optional(), c.find)
	web.Patch(api, "/v1/products/{id}", "Change a product", web.Admin(), c.change)

	web.Get(api, "/v1/products/{id}/stock-adjustments", "List a product's stock adjustments", web.Admin(), c.adjustments)
	web.Post(api, "/v1/products/{id}/stock-adjustments", "Adjust a product's stock", web.Admin(), c.adjust)
	web.Get(api, "/v1/reservations/{orderId}", "Read the reservation of an order", web.Admin(), c.reservation)

	web.Get(api, "/internal/v1/products", "Read several products", web.Service(scopeValidate), c.findAll)
}

// Package controller is the HTTP side: which routes there are, who may use
// them, and how requests become calls of the service and answers become JSON.
package controller

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
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
	History(ctx context.Context, productID id.ID) (entity.History, error)
	PriceAt(ctx context.Context, productID id.ID, at time.Time) (entity.Price, error)
	importer
	SetPrice(ctx context.Context, by auth.Principal, productID id.ID, basis entity.Basis, amount money.Amount, from time.Time) (entity.Price, error)
}

type importer interface {
	Import(ctx context.Context, by auth.Principal, how entity.Importing, rows iter.Seq[*entity.Row], progress func(rows int)) (entity.Report, error)
}

type reservations interface {
	Find(ctx context.Context, orderID id.ID) (*entity.Reservation, error)
}

type quotes interface {
	Offer(ctx context.Context, by auth.Principal, wants []entity.Want) (*entity.Quote, error)
	Find(ctx context.Context, by auth.Principal, quoteID id.ID) (*entity.Quote, error)
	FindAny(ctx context.Context, quoteID id.ID) (*entity.Quote, error)
}

type images interface {
	Put(ctx context.Context, by auth.Principal, productID id.ID, basis entity.Basis, raw []byte) (*entity.Product, error)
	Read(ctx context.Context, productID id.ID, hash entity.ImageHash, width int) (entity.Image, []byte, error)
	Delete(ctx context.Context, by auth.Principal, productID id.ID, basis entity.Basis) error
}

// Controller answers the routes of product-service.
type Controller struct {
	Products     products
	Reservations reservations
	Quotes       quotes
	Images       images
}

// Register adds the routes to an API.
func (c *Controller) Register(api *web.API) {
	web.Get(api, "/v1/products", "Search products", web.Optional(), c.search, web.Describe(search), web.Fails(http.StatusForbidden))
	web.Post(api, "/v1/products", "Add a product", web.Admin(), c.create, web.Describe(create))
	web.Get(api, "/v1/products/{id}", "Read a product", web.Optional(), c.find, web.Describe(find))
	web.Patch(api, "/v1/products/{id}", "Change a product", web.Admin(), c.change, web.Fails(http.StatusPreconditionRequired), web.Describe(change))

	web.Put(api, "/v1/products/{id}/image", "Give a product an image", web.Admin(), c.putImage, web.BodyLimit(entity.MaxImage), web.Describe(putImage))
	web.Get(api, "/v1/products/{id}/image", "Show a product's image", web.Public(), c.image, web.Streaming(), showsImages, web.Describe(showImage))
	web.Delete(api, "/v1/products/{id}/image", "Take a product's image away", web.Admin(), c.deleteImage, web.Describe(deleteImage))
	web.Get(api, "/v1/products/{id}/prices", "Read a product's price history", web.Public(), c.prices, web.Describe(readPrices))
	web.Post(api, "/v1/products/{id}/prices", "Set a product's price, now or for later", web.Admin(), c.setPrice, web.Describe(setPrice))
	web.Get(api, "/v1/products/{id}/stock-adjustments", "List a product's stock adjustments", web.Admin(), c.adjustments, web.Describe(listAdjustments))
	web.Post(api, "/v1/products/{id}/stock-adjustments", "Adjust a product's stock", web.Admin(), c.adjust, web.Fails(http.StatusConflict), web.Describe(adjust))
	web.Post(api, "/v1/quotes", "Ask for a quote", web.SignedIn(), c.offer, web.Describe(offer))
	web.Get(api, "/v1/quotes/{id}", "Read one's own quote", web.SignedIn(), c.quote, web.Describe(readQuote))
	web.Get(api, "/internal/v1/quotes/{id}", "Read a quote, for services", web.Service(scopeValidate), c.anyQuote, web.Describe(readAnyQuote))
	web.Post(api, "/v1/product-imports", "Add and change many products", web.Admin(), c.importProducts, web.BodyLimit(maxImport), web.Streaming(), takesRows, web.Describe(importRows))
	web.Get(api, "/v1/reservations/{orderId}", "Read the reservation of an order", web.Admin(), c.reservation, web.Describe(readReservation))

	web.Get(api, "/internal/v1/products", "Read several products", web.Service(scopeValidate), c.findAll, web.Describe(readSeveral))
}

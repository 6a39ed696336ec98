package controller_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/common/web/webtest"
	"github.com/oms-fleet/oms/order-service/internal/controller"
	"github.com/oms-fleet/oms/order-service/internal/entity"
	"github.com/oms-fleet/oms/order-service/internal/kafka"
	"github.com/oms-fleet/oms/order-service/internal/repository"
	"github.com/oms-fleet/oms/order-service/internal/service"
)

// The tokens, which are their owners' names too.
const nobody, ada, grace, admin, root, robot = "", "Ada Lovelace", "grace", "admin", "root", "robot"

// guests are who comes to the shop.
type guests map[string]auth.Principal

func (g guests) Verify(_ context.Context, token string) (auth.Principal, error) {
	p, known := g[token]
	if !known {
		return p, fault.New(fault.CodeUnauthenticated, "Who are you?")
	}
	return p, nil
}

func person(number byte, name string, role auth.Role) auth.Principal {
	return auth.Principal{UserID: id.ID{0: 1, 6: 0x70, 8: 0x80, 15: number}, Name: name, Roles: []auth.Role{role}}
}

// shop is the HTTP side of order-service over a database of the test's own.
type shop struct {
	webtest.Caller
	api     *web.API
	db      *sqlx.DB
	guests  guests
	orders  *service.Orders
	waiters *service.Waiters
	backlog *service.Backlog
}

// open returns a shop that nobody answers: tests settle its orders.
func open(t *testing.T) *shop {
	t.Helper()
	return openWith(t, func(*shop, ...contract.Record) {})
}

// openWith returns a shop whose messages go to offer.
func openWith(t *testing.T, offer func(*shop, ...contract.Record)) *shop {
	t.Helper()
	files, err := repository.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{
		db: databasetest.New(t, files), waiters: service.NewWaiters(), backlog: service.NewBacklog(1000),
		guests: guests{
			ada: person(1, ada, auth.Client), grace: person(2, "Grace Hopper", auth.Client),
			admin: person(3, "Alex Demo", auth.Admin), root: person(4, "", auth.Root),
			robot: {ClientID: "robot", Scopes: []string{"product.validate"}},
		},
	}
	store := repository.NewOrders(s.db, kafka.Records, func(records ...contract.Record) { offer(s, records...) })
	clock := func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
	s.orders = service.NewOrders(store, s.backlog, s.waiters, clock)
	s.api = web.New(web.Options{
		Title: "order-service", Verifier: s.guests, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Metrics: telemetry.NewMetrics(), Tracing: telemetry.NewTracing(),
	})
	controller.Register(s.api, s.orders)
	server := httptest.NewServer(s.api.Handler())
	t.Cleanup(server.Close)
	s.Caller = webtest.New(server.URL)
	return s
}

const (
	lamp  = "01999e2b-53f4-7b7a-9a55-0d3c6f1e2a10"
	chair = "01999e2b-53f4-7b7a-9a55-0d3c6f1e2a11"
	// cart is the body of a plain order.
	cart = `{"products": [{"id": "` + lamp + `", "quantity": 2}, {"id": "` + chair + `", "quantity": 1}], "address": "1 Main Street"}`
)

// place orders the cart and returns the order's path.
func (s *shop) place(t *testing.T, by string) string {
	t.Helper()
	return s.Must(t, http.StatusCreated, by, "POST", "/v1/orders", cart).Header.Get("Location")
}

// settle answers an order: so many lamps at 19.90, and no chair.
func (s *shop) settle(t *testing.T, path string, lamps int) {
	t.Helper()
	orderID, err := id.Parse(path[len("/v1/orders/"):])
	if err != nil {
		t.Fatal(err)
	}
	result := entity.Nothing
	if lamps > 0 {
		result = entity.Some
	}
	name, image, price, other := "Lamp", "/v1/products/"+lamp+"/image", money.Amount(1990), money.Amount(500)
	misfits, _, err := s.orders.Settle(t.Context(), []entity.Answer{{
		OrderID: orderID, Result: result, TraceID: "0af7651916cd43dd8448eb211c80319c",
		Lines: []entity.AnsweredLine{
			{ProductID: parse(t, lamp), Name: &name, ImageURL: &image, Requested: 2, Taken: lamps, UnitPrice: &price},
			{ProductID: parse(t, chair), Name: &name, Requested: 1, UnitPrice: &other},
		},
	}})
	if err != nil || misfits[0] != nil {
		t.Errorf("Settle = %v, %v", misfits, err)
	}
}

func parse(t *testing.T, text string) id.ID {
	t.Helper()
	parsed, err := id.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

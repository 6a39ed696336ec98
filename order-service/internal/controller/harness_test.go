package controller_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
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
	url     string
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
	s.url = server.URL
	return s
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

// caller has connections of its own: those of http.DefaultTransport are closed
// by whatever httptest.Server ends first.
var caller = &http.Client{Transport: &http.Transport{}}

// call sends a request as somebody, with pairs of headers.
func (s *shop) call(t *testing.T, by, method, path, body string, headers ...string) answer {
	t.Helper()
	response, err := caller.Do(s.request(t, by, method, path, body, headers...))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(response.Body); err != nil {
		t.Fatal(err)
	}
	got := answer{status: response.StatusCode, header: response.Header, raw: raw.String()}
	if raw.Len() > 0 {
		if err := json.Unmarshal(raw.Bytes(), &got.body); err != nil {
			t.Fatalf("%s %s: %v in %s", method, path, err, raw.String())
		}
	}
	return got
}

func (s *shop) request(t *testing.T, by, method, path, body string, headers ...string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if by != nobody {
		request.Header.Set("Authorization", "Bearer "+by)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	if body != "" && request.Header.Get("Content-Type") == "" {
		request.Header.Set("Content-Type", "application/json")
	}
	return request
}

// must is call for requests that have to be answered so.
func (s *shop) must(t *testing.T, status int, by, method, path, body string, headers ...string) answer {
	t.Helper()
	got := s.call(t, by, method, path, body, headers...)
	if got.status != status {
		t.Fatalf("%s %s %s by %q: %d %s, want %d", method, path, body, by, got.status, got.raw, status)
	}
	return got
}

// refused is must for problems.
func (s *shop) refused(t *testing.T, status int, code, by, method, path, body string, headers ...string) answer {
	t.Helper()
	got := s.must(t, status, by, method, path, body, headers...)
	if got.body["code"] != code || got.header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%s %s %s by %q: %s %s, want %s", method, path, body, by, got.header.Get("Content-Type"), got.raw, code)
	}
	return got
}

// places returns where the mistakes are that a problem lists.
func (a answer) places() (found []string) {
	mistakes, _ := a.body["errors"].([]any)
	for _, mistake := range mistakes {
		if place, ok := mistake.(map[string]any)["location"].(string); ok {
			found = append(found, place)
		}
	}
	slices.Sort(found)
	return found
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
	return s.must(t, http.StatusCreated, by, "POST", "/v1/orders", cart).header.Get("Location")
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

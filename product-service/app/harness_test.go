package app

import (
	"bytes"
	"context"
	"encoding/json"
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
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/product-service/internal/controller"
	"github.com/oms-fleet/oms/product-service/internal/kafka"
	"github.com/oms-fleet/oms/product-service/internal/picture"
	"github.com/oms-fleet/oms/product-service/internal/repository"
	"github.com/oms-fleet/oms/product-service/internal/repository/blobs"
	"github.com/oms-fleet/oms/product-service/internal/repository/migrations"
	"github.com/oms-fleet/oms/product-service/internal/service"
)

// shop is the HTTP side on a database of the test's own.
type shop struct {
	url          string
	products     *service.Products
	reservations *service.Reservations
	quotes       *service.Quotes
	images       *service.Images
	db           *sqlx.DB
}

// openShop serves until the test ends; adjust changes the server before.
func openShop(t *testing.T, adjust ...func(*http.Server)) *shop {
	t.Helper()
	db := databasetest.New(t, migrations.Files)
	news := repository.News{Record: kafka.EventRecord, Offer: func(...contract.Record) {}}
	s := &shop{
		products:     service.NewProducts(repository.NewProducts(db, news, clock), clock),
		reservations: service.NewReservations(repository.NewReservations(db, news), clock),
	}
	s.quotes = service.NewQuotes(repository.NewQuotes(db), time.Minute, clock)
	bucket, err := blobs.Open(t.Context(), "file://"+t.TempDir()+"?no_tmp_dir=true", blobs.Credentials{}, clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bucket.Close() }) //nolint:errcheck // nothing is lost
	s.db, s.images = db, service.NewImages(s.products, repository.NewImages(db), bucket, picture.NewStudio(1))
	server := httptest.NewUnstartedServer(routes(controller.Controller{Products: s.products, Reservations: s.reservations, Quotes: s.quotes, Images: s.images}, web.Options{
		Verifier: guests{}, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Metrics: telemetry.NewMetrics(),
	}))
	for _, change := range adjust {
		change(server.Config)
	}
	server.Start()
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// guests knows the tokens of an admin, a client and two services.
type guests struct{}

const nobody, client, other, admin, orders, stranger = "", "client", "other", "admin", "orders", "stranger"

func (guests) Verify(_ context.Context, token string) (auth.Principal, error) {
	switch token {
	case client:
		return auth.Principal{UserID: id.ID{1}, Roles: []auth.Role{auth.Client}}, nil
	case other:
		return auth.Principal{UserID: id.ID{3}, Roles: []auth.Role{auth.Client}}, nil
	case admin:
		return auth.Principal{UserID: id.ID{2}, Roles: []auth.Role{auth.Admin}}, nil
	case orders:
		return auth.Principal{ClientID: "order-service", Scopes: []string{"product.validate"}}, nil
	case stranger:
		return auth.Principal{ClientID: "reports", Scopes: []string{"report.read"}}, nil
	default:
		return auth.Principal{}, fault.New(fault.CodeUnauthenticated, "who are you?")
	}
}

// caller has connections of its own: those of http.DefaultTransport are closed
// by whatever httptest.Server ends first.
var caller = &http.Client{Transport: &http.Transport{}}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

// call sends a request as somebody, with pairs of headers.
func (s *shop) call(t *testing.T, by, method, path, body string, headers ...string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.url+path, bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	if by != nobody {
		request.Header.Set("Authorization", "Bearer "+by)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := caller.Do(request)
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

// must is call for requests that have to be answered so.
func (s *shop) must(t *testing.T, status int, by, method, path, body string, headers ...string) answer {
	t.Helper()
	got := s.call(t, by, method, path, body, headers...)
	if got.status != status {
		t.Fatalf("%s %s %s by %q: %d %s, want %d", method, path, body, by, got.status, got.raw, status)
	}
	return got
}

// code is must for problems.
func (s *shop) code(t *testing.T, status int, code, by, method, path, body string, headers ...string) answer {
	t.Helper()
	got := s.must(t, status, by, method, path, body, headers...)
	if got.body["code"] != code || got.header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%s %s %s by %q: %s %s, want %s", method, path, body, by, got.header.Get("Content-Type"), got.raw, code)
	}
	return got
}

// create adds a product and returns its path.
func (s *shop) create(t *testing.T, body string) (path string, made answer) {
	t.Helper()
	made = s.must(t, http.StatusCreated, admin, http.MethodPost, "/v1/products", body)
	return "/v1/products/" + made.body["id"].(string), made
}

// places returns where the mistakes are that a problem lists.
func (a answer) places() (found []string) {
	errors, _ := a.body["errors"].([]any)
	for _, e := range errors {
		found = append(found, e.(map[string]any)["location"].(string))
	}
	return found
}

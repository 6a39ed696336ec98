package app

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
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/common/web/webtest"
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
	webtest.Caller
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
	s.Caller = webtest.New(server.URL)
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

// create adds a product and returns its path.
func (s *shop) create(t *testing.T, body string) (path string, made webtest.Answer) {
	t.Helper()
	made = s.Must(t, http.StatusCreated, admin, http.MethodPost, "/v1/products", body)
	return "/v1/products/" + made.Body["id"].(string), made
}

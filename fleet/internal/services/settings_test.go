package services_test

import (
	"slices"
	"testing"

	"github.com/oms-fleet/oms/fleet/internal/services"
)

var around = services.Surroundings{
	Gateway: "http://127.0.0.1:8080", Users: "http://127.0.0.1:8081", Products: "http://127.0.0.1:8082", Kafka: "127.0.0.1:9092", Redis: "127.0.0.1:6379",
	Database: "o:p@tcp(127.0.0.1:3306)/order_db", Address: "127.0.0.1:8083", Key: "secret", Blobs: "/data/blobs",
}

func service(t *testing.T, name string) services.Service {
	t.Helper()
	for _, s := range services.All() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no service %s", name)
	return services.Service{}
}

func TestProcessIsToldOfTheFleetAndKeepsTheUsersTunables(t *testing.T) {
	t.Parallel()
	order := service(t, "order-service")
	inherited := []string{
		"PATH=/bin", "VALIDATION_DEADLINE=5s", "ORDER_SERVICE_SECRET=ours", "ORDER_SEED_DEMO=false", "JWT_ISSUER=https://shop.example",
		"DB_DSN=production", "ORDER_DB_DSN=production", "USER_DB_DSN=theirs",
	}
	got := order.Environment(inherited, order.Settings(around))
	want := []string{
		"BLOB_URL=file:///data/blobs?create_dir=true&no_tmp_dir=true", "DB_DSN=" + around.Database, "DRAIN_DELAY=0s", "HTTP_ADDR=127.0.0.1:8083",
		"JWKS_URL=http://127.0.0.1:8081/.well-known/jwks.json", "JWT_ISSUER=https://shop.example", "KAFKA_BROKERS=127.0.0.1:9092",
		"LOG_FORMAT=text", "ORDER_SEED_DEMO=false", "ORDER_SERVICE_SECRET=ours", "PATH=/bin",
		"PRODUCT_SERVICE_URL=http://127.0.0.1:8082", "REDIS_ADDR=127.0.0.1:6379", "TOKEN_URL=http://127.0.0.1:8081/oauth2/token", "USER_DB_DSN=theirs", "VALIDATION_DEADLINE=5s",
	}
	if !slices.Equal(got, want) {
		t.Errorf("environment = %q\nwant %q", got, want)
	}
}

func TestSharedEnvironmentTellsEachServiceItsOwn(t *testing.T) {
	t.Parallel()
	order := service(t, "order-service")
	got := order.Own([]string{"SEED_DEMO=false", "ORDER_DB_DSN=production"}, order.Settings(around))
	if got["ORDER_DB_DSN"] != around.Database || got["ORDER_HTTP_ADDR"] != around.Address {
		t.Errorf("facts of order-service = %v", got)
	}
	if _, ok := got["ORDER_SEED_DEMO"]; ok {
		t.Errorf("ORDER_SEED_DEMO = %q, want it left to SEED_DEMO", got["ORDER_SEED_DEMO"])
	}
}

func TestOnlyUserServiceGetsTheKey(t *testing.T) {
	t.Parallel()
	for _, s := range services.All() {
		_, ok := s.Settings(around).Defaults["KEY_ENCRYPTION_KEY"]
		if want := s.Name == "user-service"; ok != want {
			t.Errorf("%s gets the key: %t, want %t", s.Name, ok, want)
		}
	}
}

func TestUserServiceAndOrderServiceShareASecret(t *testing.T) {
	t.Parallel()
	secret := func(name string) string { return service(t, name).Settings(around).Defaults["ORDER_SERVICE_SECRET"] }
	if secret("user-service") == "" || secret("user-service") != secret("order-service") || secret("product-service") != "" {
		t.Errorf("secrets are %q, %q and %q", secret("user-service"), secret("order-service"), secret("product-service"))
	}
}

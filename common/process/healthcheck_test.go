package process_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// serving answers /readyz with status.
func serving(t *testing.T, status int) (address string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			status = http.StatusTeapot
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func TestHealthcheckAsksTheServiceThatRunsHere(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1") // nobody there
	address := serving(t, http.StatusOK)
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	for _, listens := range []string{address, ":" + port, "0.0.0.0:" + port, "[::]:" + port, "localhost:" + port} {
		t.Setenv("SHOP_HTTP_ADDR", listens)
		if err := shop(nil).Run(t.Context(), []string{"healthcheck"}, io.Discard); err != nil {
			t.Errorf("healthcheck of %s = %v", listens, err)
		}
	}
}

func TestHealthcheckFailsWhereTheServiceIsNotReady(t *testing.T) {
	t.Setenv("HTTP_ADDR", serving(t, http.StatusServiceUnavailable))
	err := shop(nil).Run(t.Context(), []string{"healthcheck"}, io.Discard)
	if err == nil || err.Error() != "shop is not ready: 503 Service Unavailable" {
		t.Errorf("healthcheck = %v, want that it is not ready", err)
	}
}

func TestHealthcheckFailsWhereNobodyListens(t *testing.T) {
	for address, want := range map[string]string{"127.0.0.1:1": "ask shop: ", "nonsense": "HTTP_ADDR: "} {
		t.Setenv("HTTP_ADDR", address)
		err := shop(nil).Run(t.Context(), []string{"healthcheck"}, io.Discard)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("healthcheck of %s = %v, want %s…", address, err, want)
		}
	}
}

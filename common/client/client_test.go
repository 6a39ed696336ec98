package client_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/client"
)

func TestConnectionsAreTheClientsOwn(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	one, other := client.New(time.Minute), client.New(time.Minute)
	if reuses(t, one, server.URL) || reuses(t, other, server.URL) {
		t.Error("the first request has another's connection")
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	if !reuses(t, one, server.URL) {
		t.Error("somebody else closed the connection")
	}
}

// reuses asks a server, and tells whether the connection was there before.
func reuses(t *testing.T, by *http.Client, url string) (reused bool) {
	t.Helper()
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(got httptrace.GotConnInfo) { reused = got.Reused }})
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := by.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	return reused
}

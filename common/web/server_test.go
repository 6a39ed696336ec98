package web_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/web"
)

// server is one that listens, and serves when it is told to.
type server struct {
	*web.Server
	url  string
	stop context.CancelFunc
	done chan error
}

func listen(t *testing.T, cfg web.ServerConfig) *server {
	t.Helper()
	var said logs
	cfg.Address, cfg.Connections = "127.0.0.1:0", cmp.Or(cfg.Connections, 1000)
	opened, err := web.Listen(cfg, slog.New(slog.NewJSONHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() }) //nolint:errcheck // nothing is lost
	var line struct{ Msg, Address string }
	if err := json.Unmarshal([]byte(said.String()), &line); err != nil || line.Msg != "listening" {
		t.Fatalf("a server that listens says %q, %v", said.String(), err)
	}
	return &server{Server: opened, url: "http://" + line.Address, done: make(chan error, 1)}
}

func (s *server) serve(t *testing.T, handler http.Handler) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	s.stop = stop
	go func() { s.done <- s.Serve(ctx, handler) }()
}

func serve(t *testing.T, shutdown time.Duration, handler http.HandlerFunc) *server {
	t.Helper()
	s := listen(t, web.ServerConfig{Shutdown: shutdown})
	s.serve(t, handler)
	return s
}

func TestRequestsInFlightFinishAndNewOnesAreRefused(t *testing.T) {
	t.Parallel()
	working, release := make(chan struct{}), make(chan struct{})
	s := serve(t, time.Minute, func(w http.ResponseWriter, r *http.Request) {
		close(working)
		<-release
		if r.Context().Err() != nil {
			t.Errorf("the stop ended a request's context: %v", r.Context().Err())
		}
		io.WriteString(w, "done") //nolint:errcheck // the test sees it
	})
	answered := make(chan string, 1)
	go func() {
		response, err := caller.Get(s.url) //nolint:noctx // short
		if err != nil {
			answered <- err.Error()
			return
		}
		defer response.Body.Close()
		raw, err := io.ReadAll(response.Body)
		answered <- string(raw)
		if err != nil {
			t.Error(err)
		}
	}()
	<-working
	s.stop()
	eventually(t, "new connections are refused", func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://")) //nolint:noctx // short
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	close(release)
	if got := <-answered; got != "done" {
		t.Errorf("the request in flight got %q, want its answer", got)
	}
	if err := <-s.done; err != nil {
		t.Errorf("Serve = %v", err)
	}
}

func TestStopWaitsNoLongerThanConfigured(t *testing.T) {
	t.Parallel()
	working := make(chan struct{})
	s := serve(t, 50*time.Millisecond, func(_ http.ResponseWriter, r *http.Request) {
		close(working)
		<-r.Context().Done() // until the connection is closed
	})
	go caller.Get(s.url) //nolint:errcheck,noctx,bodyclose // it gets no answer
	<-working
	s.stop()
	select {
	case err := <-s.done:
		if err != nil {
			t.Errorf("Serve = %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("Serve waits for a request for ever")
	}
}

func TestEndlessAnswersLearnOfTheStop(t *testing.T) {
	t.Parallel()
	working := make(chan struct{})
	s := serve(t, time.Minute, func(w http.ResponseWriter, r *http.Request) {
		close(working)
		<-web.Draining(r.Context())
		w.WriteHeader(http.StatusOK)
	})
	go caller.Get(s.url) //nolint:errcheck,noctx,bodyclose // what it gets does not matter
	<-working
	s.stop()
	if err := <-s.done; err != nil {
		t.Errorf("Serve = %v", err)
	}
	if web.Draining(t.Context()) != nil {
		t.Error("Draining outside of a server is not nil: who waits on it would end")
	}
}

func TestTakenAddressIsToldByItsVariable(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // short
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, address := range []string{taken.Addr().String(), "no-port", "127.0.0.1:99999"} {
		var said bytes.Buffer
		_, err := web.Listen(web.ServerConfig{Address: address}, slog.New(slog.NewTextHandler(&said, nil)))
		if err == nil || !strings.HasPrefix(err.Error(), "HTTP_ADDR: ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("Serve on %s = %v, want one line that names HTTP_ADDR", address, err)
		}
	}
}

func TestHeadersOfManyKilobytesAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, time.Minute, func(http.ResponseWriter, *http.Request) { t.Error("the handler ran") })
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Large", strings.Repeat("x", 64<<10))
	response, err := caller.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("answers %s", response.Status)
	}
	s.stop()
	<-s.done
}

package web_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/web"
)

func TestServiceThatIsToldToStopStillServesWhileBalancersNotice(t *testing.T) {
	t.Parallel()
	s := listen(t, web.ServerConfig{Drain: time.Hour, Shutdown: time.Minute})
	s.serve(t, newShop(t, withThings).api.Handler())
	if got, body := s.get(t, "/readyz"); got.StatusCode != http.StatusOK {
		t.Fatalf("/readyz is %s: %s", got.Status, body)
	}
	s.stop()
	eventually(t, "it says that it is not ready", func() bool {
		got, body := s.get(t, "/readyz")
		return got.StatusCode == http.StatusServiceUnavailable && strings.Contains(body, `"stopping"`)
	})
	if got, body := s.get(t, "/v1/things/"+thingID); got.StatusCode != http.StatusOK || !got.Close {
		t.Errorf("meanwhile a thing is %s, connection closed: %v: %s", got.Status, got.Close, body)
	}
	if got, _ := s.get(t, "/livez"); got.StatusCode != http.StatusOK {
		t.Errorf("meanwhile /livez is %s", got.Status)
	}
	select {
	case err := <-s.done:
		t.Errorf("Serve = %v before its time", err)
	default:
	}
}

// TestWhoIsConnectedIsAnswered stops servers while many connect. A connection is
// made by the kernel, whether the server accepts it or not.
func TestWhoIsConnectedIsAnswered(t *testing.T) {
	t.Parallel()
	for range 3 {
		s := serve(t, time.Minute, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }) //nolint:errcheck // the test sees it
		var answered atomic.Int64
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() { s.askUntilRefused(t, &answered) })
		}
		eventually(t, "all are busy", func() bool { return answered.Load() > 100 })
		s.stop()
		if err := <-s.done; err != nil {
			t.Fatalf("Serve = %v", err)
		}
		all.Wait()
	}
}

// askUntilRefused asks, each time by a new connection, until there is none to be
// had. Whoever had one must be answered.
func (s *server) askUntilRefused(t *testing.T, answered *atomic.Int64) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		response, err := client.Get(s.url) //nolint:noctx // short
		if err != nil {
			if !strings.Contains(err.Error(), "connection refused") {
				t.Errorf("a client that was connected: %v", err)
			}
			return
		}
		response.Body.Close() //nolint:errcheck // what it says does not matter
		answered.Add(1)
	}
}

// TestWhoIsSlowToAskIsAnswered: net/http would drop a request that comes when the
// server has begun to stop.
func TestWhoIsSlowToAskIsAnswered(t *testing.T) {
	t.Parallel()
	s := serve(t, time.Minute, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }) //nolint:errcheck // the test sees it
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	s.stop()
	time.Sleep(500 * time.Millisecond) // as a balancer without a processor
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if raw, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(raw), "HTTP/1.1 200 OK") {
		t.Errorf("answers %q, %v", raw, err)
	}
	if err := <-s.done; err != nil {
		t.Errorf("Serve = %v", err)
	}
}

func TestWhoNeverAsksHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	s := serve(t, time.Minute, func(http.ResponseWriter, *http.Request) { t.Error("somebody asked") })
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	s.stop()
	select {
	case err := <-s.done:
		if err != nil {
			t.Errorf("Serve = %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("Serve waits for a request for ever")
	}
}

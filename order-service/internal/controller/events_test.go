package controller_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/freeport"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/common/web/webtest"
)

// patience bounds every wait for a condition.
const patience = 30 * time.Second

// stream is an answer of Server-Sent Events.
type stream struct {
	response *http.Response
	lines    *bufio.Scanner
	leave    context.CancelFunc
}

// follow opens a stream of an order's events.
func (s *shop) follow(t *testing.T, by, path string, headers ...string) *stream {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	response, err := s.HTTP.Do(s.Request(t, by, "GET", path+"/events", "", headers...).WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() }) //nolint:errcheck // read to its end, or left
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" || response.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("GET %s/events = %d %v", path, response.StatusCode, response.Header)
	}
	return &stream{response: response, lines: bufio.NewScanner(response.Body), leave: cancel}
}

// next returns the next event, its fields in a line; "end" at a proper end.
func (f *stream) next(t *testing.T) string {
	t.Helper()
	var event []string
	for f.lines.Scan() {
		line := f.lines.Text()
		switch field, value, _ := strings.Cut(line, ": "); {
		case line == "" && len(event) > 0:
			return strings.Join(event, " ")
		case field == "data":
			var step struct {
				Sequence int
				To       string
			}
			if err := json.Unmarshal([]byte(value), &step); err != nil {
				t.Errorf("data is %s: %v", value, err)
			}
			event = append(event, step.To)
		case field != "":
			event = append(event, value)
		}
	}
	if err := f.lines.Err(); err != nil {
		return err.Error()
	}
	return "end"
}

func (f *stream) tells(t *testing.T, want ...string) {
	t.Helper()
	for _, event := range want {
		if got := f.next(t); got != event {
			t.Fatalf("event %q, want %q", got, event)
		}
	}
}

func TestStreamTellsEachStepUntilTheOrderIsFinal(t *testing.T) {
	t.Parallel()
	s := open(t)
	path := s.place(t, ada)
	f, other := s.follow(t, ada, path), s.follow(t, admin, path, "Last-Event-ID", "1")
	f.tells(t, "1 status NEW")
	s.settle(t, path, 2)
	f.tells(t, "2 status PARTIAL_CONFIRMED")
	s.Must(t, http.StatusOK, admin, "PUT", path+"/status", `{"status": "SHIPPED"}`)
	f.tells(t, "3 status SHIPPED", "end")
	other.tells(t, "2 status PARTIAL_CONFIRMED", "3 status SHIPPED", "end")

	s.follow(t, ada, path, "Last-Event-ID", "2").tells(t, "3 status SHIPPED", "end")
	s.follow(t, ada, path, "Last-Event-ID", "none of ours").tells(t, "1 status NEW", "2 status PARTIAL_CONFIRMED", "3 status SHIPPED", "end")
	s.follow(t, ada, path, "Last-Event-ID", "4").tells(t, "1 status NEW", "2 status PARTIAL_CONFIRMED", "3 status SHIPPED", "end")
	if got := s.Must(t, http.StatusNoContent, ada, "GET", path+"/events", "", "Last-Event-ID", "3"); got.Raw != "" {
		t.Errorf("204 with a body: %s", got.Raw)
	}
}

func TestEventIsTheRowOfTheHistory(t *testing.T) {
	t.Parallel()
	s := open(t)
	path := s.place(t, ada)
	s.Must(t, http.StatusOK, ada, "POST", path+"/cancel", "")
	raw, err := io.ReadAll(s.follow(t, ada, path).response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var rows struct{ Items []json.RawMessage }
	if err := json.Unmarshal([]byte(s.Must(t, http.StatusOK, ada, "GET", path+"/history", "").Raw), &rows); err != nil {
		t.Fatal(err)
	}
	want := "id: 1\nevent: status\ndata: " + string(rows.Items[0]) + "\n\nid: 2\nevent: status\ndata: " + string(rows.Items[1]) + "\n\n"
	if diff := cmp.Diff(want, string(raw)); diff != "" {
		t.Errorf("stream (-want +got):\n%s", diff)
	}
}

// TestStreamOutlivesTheTimesOfOrdinaryAnswers follows an order on a server whose
// times for reading and writing are over long before the order changes.
func TestStreamOutlivesTheTimesOfOrdinaryAnswers(t *testing.T) {
	t.Parallel()
	s := open(t)
	server := httptest.NewUnstartedServer(s.api.Handler())
	server.Config.ReadTimeout, server.Config.WriteTimeout = 50*time.Millisecond, 50*time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	path := s.place(t, ada)
	s.URL = server.URL
	f := s.follow(t, ada, path, "Last-Event-ID", "1")
	time.AfterFunc(250*time.Millisecond, func() { s.settle(t, path, 0) })
	f.tells(t, "2 status CANCELLED", "end")
}

func TestStreamEndsWhenTheClientHasGone(t *testing.T) {
	t.Parallel()
	s := open(t)
	f := s.follow(t, ada, s.place(t, ada))
	f.tells(t, "1 status NEW")
	if s.waitedFor(t) != 1 {
		t.Error("nobody waits for the order")
	}
	f.leave()
	s.eventually(t, "the handler returns", func() bool { return s.waitedFor(t) == 0 })
}

// waitedFor counts the orders that somebody waits for.
func (s *shop) waitedFor(t *testing.T) (n int) {
	t.Helper()
	err := s.waiters.Look(t.Context(), func(_ context.Context, ids []id.ID) (map[id.ID]int, error) {
		n = len(ids)
		return nil, nil
	})
	if err != nil {
		t.Error(err)
	}
	return n
}

func (s *shop) eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for late := time.After(patience); !so(); {
		select {
		case <-late:
			t.Fatalf("%s: not within %s", what, patience)
		case <-look.C:
		}
	}
}

// serve lets a server of the shop's own run until stop.
func (s *shop) serve(t *testing.T) (stop func() error) {
	t.Helper()
	address, err := freeport.Address()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	stopped := make(chan error, 1)
	server, err := web.Listen(web.ServerConfig{Address: address, Connections: 1000, Shutdown: patience}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	go func() { stopped <- server.Serve(ctx, s.api.Handler()) }()
	s.URL = "http://" + address
	s.eventually(t, "the server listens", func() bool {
		conn, err := net.Dial("tcp", address)
		return err == nil && conn.Close() == nil
	})
	return func() error {
		cancel()
		return <-stopped
	}
}

func TestStoppingServerEndsStreamsAndWaits(t *testing.T) {
	t.Parallel()
	s := open(t)
	stop := s.serve(t)
	f := s.follow(t, ada, s.place(t, ada))
	f.tells(t, "1 status NEW")
	held := make(chan webtest.Answer, 1)
	go func() { held <- s.Call(t, ada, "POST", "/v1/orders", cart, "Prefer", "wait=10") }()
	s.eventually(t, "an answer is held", func() bool { return s.waitedFor(t) == 2 })
	began := time.Now()
	err := stop()
	f.tells(t, "end")
	if got := <-held; got.Status != http.StatusCreated || got.Body["status"] != "NEW" {
		t.Errorf("the held answer is %d %s, want the order as it is", got.Status, got.Raw)
	}
	if took := time.Since(began); err != nil && !errors.Is(err, http.ErrServerClosed) || took > 5*time.Second {
		t.Errorf("Serve = %v after %s; want a stop that waits for nobody", err, took)
	}
}

package web_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/web"
)

// line is a connection to a server, kept for the next request.
type line struct {
	net.Conn
	reader *bufio.Reader
}

func (s *server) connect(t *testing.T) line {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://")) //nolint:noctx // short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() }) //nolint:errcheck // nothing is lost
	return line{conn, bufio.NewReader(conn)}
}

func (l line) ask(t *testing.T, path string) {
	t.Helper()
	if _, err := io.WriteString(l, "GET "+path+" HTTP/1.1\r\nHost: test\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
}

func (l line) answer(t *testing.T) {
	t.Helper()
	answer, err := http.ReadResponse(l.reader, nil)
	if err != nil || answer.StatusCode != http.StatusNoContent {
		t.Fatalf("answer = %v, %v; want 204", answer, err)
	}
	answer.Body.Close() //nolint:errcheck // nothing is lost
}

func TestOneConnectionMoreThanAllowedWaitsUntilAnotherCloses(t *testing.T) {
	t.Parallel()
	var outside atomic.Int64
	s := listen(t, web.ServerConfig{Connections: 2})
	s.serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/outside" {
			outside.Add(1)
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	first, second, third := s.connect(t), s.connect(t), s.connect(t)
	third.ask(t, "/outside")
	for range 100 {
		first.ask(t, "/")
		first.answer(t)
		second.ask(t, "/")
		second.answer(t)
	}
	if outside.Load() != 0 {
		t.Error("a third connection was served beside two")
	}
	second.Close() //nolint:errcheck // nothing is lost
	third.answer(t)
}

func TestFullServerStopsAtOnce(t *testing.T) {
	t.Parallel()
	s := listen(t, web.ServerConfig{Connections: 1, Shutdown: time.Minute})
	s.serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	inside, outside := s.connect(t), s.connect(t)
	inside.ask(t, "/")
	inside.answer(t)
	outside.ask(t, "/")
	began := time.Now()
	s.stop()
	if err := <-s.done; err != nil || time.Since(began) > time.Minute/2 {
		t.Errorf("Serve = %v after %s", err, time.Since(began))
	}
}

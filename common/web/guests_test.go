package web_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

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

func (l line) answer(t *testing.T) *http.Response {
	t.Helper()
	answer, err := http.ReadResponse(l.reader, nil)
	if err != nil {
		t.Fatalf("answer = %v", err)
	}
	io.Copy(io.Discard, answer.Body) //nolint:errcheck // the next answer tells
	return answer
}

func TestOneConnectionMoreThanAllowedIsToldSo(t *testing.T) {
	t.Parallel()
	s := listen(t, web.ServerConfig{Connections: 2})
	s.serve(t, newShop(t, withThings).api.Handler())
	check := func(who string, l line, path string, status int, closed bool) {
		t.Helper()
		l.ask(t, path)
		if got := l.answer(t); got.StatusCode != status || got.Close != closed || (status == http.StatusServiceUnavailable) != (got.Header.Get("Retry-After") == "1") {
			t.Errorf("%s is answered %s, Retry-After %q, closed %t; want %d, closed %t", who, got.Status, got.Header.Get("Retry-After"), got.Close, status, closed)
		}
	}
	const thing = "/v1/things/" + thingID
	first, second := s.connect(t), s.connect(t)
	check("the first", first, thing, http.StatusOK, false)
	check("the second", second, thing, http.StatusOK, false)
	check("a third", s.connect(t), thing, http.StatusServiceUnavailable, true)
	check("a probe", s.connect(t), "/livez", http.StatusOK, true)
	check("the first again", first, thing, http.StatusOK, false)
	second.Close() //nolint:errcheck // nothing is lost
	eventually(t, "there is a place again", func() bool {
		next := s.connect(t)
		next.ask(t, thing)
		return next.answer(t).StatusCode == http.StatusOK
	})
}

func TestMoreConnectionsYetWaitOutside(t *testing.T) {
	t.Parallel()
	s := listen(t, web.ServerConfig{Connections: 1})
	s.serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	inside := make([]line, 1+64)
	for i := range inside {
		inside[i] = s.connect(t)
	}
	outside := s.connect(t)
	outside.ask(t, "/livez")
	for range 100 {
		inside[0].ask(t, "/")
		inside[0].answer(t)
	}
	inside[1].Close() //nolint:errcheck // nothing is lost
	if got := outside.answer(t); got.StatusCode != http.StatusNoContent || !got.Close {
		t.Errorf("who waited outside is answered %s, closed %t; want 204, closed", got.Status, got.Close)
	}
}

package web_test

import (
	"net/http"
	"testing"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/web"
)

// The thing has version 3.

func TestChangeNeedsTheVersionItIsBasedOn(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	for _, header := range []string{"", " "} {
		s.change("If-Match", header).problem(t, http.StatusPreconditionRequired, fault.CodeVersionRequired)
	}
	for _, header := range []string{`"3"`, `*`, `"1", "3"`, ` "3" `} {
		got := s.change("If-Match", header)
		if got.StatusCode != http.StatusOK || got.Header.Get("ETag") != `"4"` {
			t.Errorf("If-Match %s answers %s with ETag %s", header, got.Status, got.Header.Get("ETag"))
		}
	}
	for _, header := range []string{`"2"`, `3`, `W/"3"`, `"33"`, `"1", "2"`, `nonsense`} {
		s.change("If-Match", header).problem(t, http.StatusPreconditionFailed, fault.CodeVersionMismatch)
	}
}

func (s *shop) change(headers ...string) answer {
	s.t.Helper()
	return s.ask("PATCH", "/v1/things/"+thingID, `{"name":"b"}`, append(headers, "Authorization", "Bearer admin")...)
}

func TestReadNeedNotRepeatWhatTheClientHas(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	for _, header := range []string{`"3"`, `W/"3"`, `"1", W/"3"`, `*`} {
		got := s.ask("GET", "/v1/things/"+thingID, "", "If-None-Match", header)
		if got.StatusCode != http.StatusNotModified || len(got.raw) != 0 || got.Header.Get("ETag") != `"3"` {
			t.Errorf("If-None-Match %s answers %s with ETag %q and %q", header, got.Status, got.Header.Get("ETag"), got.raw)
		}
	}
	for _, header := range []string{"", `"2"`, `3`, `"33"`} {
		got := s.ask("GET", "/v1/things/"+thingID, "", "If-None-Match", header)
		if got.StatusCode != http.StatusOK || got.Header.Get("ETag") != `"3"` {
			t.Errorf("If-None-Match %s answers %s with ETag %q", header, got.Status, got.Header.Get("ETag"))
		}
	}
	if said := s.logs.String(); said != "" {
		t.Errorf("logged %s", said)
	}
}

func TestETagIsAQuotedVersion(t *testing.T) {
	t.Parallel()
	if got := web.ETag(42); got != `"42"` {
		t.Errorf("ETag(42) = %s", got)
	}
}

package web_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/web"
)

type health struct {
	Status       string
	Dependencies map[string]string
}

// check is one that answers with err.
func check(name string, err error) web.Check {
	return web.Check{Name: name, Probe: func(context.Context) error { return err }}
}

func TestReadinessNamesWhatIsAway(t *testing.T) {
	t.Parallel()
	broken := errors.New("password hunter2 refused")
	for _, c := range []struct {
		checks []web.Check
		status int
		want   health
	}{
		{nil, http.StatusOK, health{"ready", map[string]string{}}},
		{[]web.Check{check("database", nil), check("kafka", nil)}, http.StatusOK, health{"ready", map[string]string{"database": "up", "kafka": "up"}}},
		{[]web.Check{check("database", broken), check("kafka", nil)}, http.StatusServiceUnavailable, health{"not ready", map[string]string{"database": "away", "kafka": "up"}}},
	} {
		s := newShop(t, nil, c.checks...)
		got := s.ask("GET", "/readyz", "")
		var told health
		got.into(t, &told)
		if diff := cmp.Diff(c.want, told); diff != "" || got.StatusCode != c.status {
			t.Errorf("readiness is %s (-want +got):\n%s", got.Status, diff)
		}
		if c.status != http.StatusOK && (!strings.Contains(s.logs.String(), "hunter2") || strings.Contains(string(got.raw), "hunter2")) {
			t.Errorf("the reason belongs into the log alone: %s\n%s", got.raw, s.logs)
		}
	}
}

func TestDependencyThatIsAwayIsLoggedWhenThatChanges(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	s := newShop(t, nil, web.Check{Name: "database", Probe: func(context.Context) error {
		if broken.Load() {
			return errors.New("gone")
		}
		return nil
	}})
	for _, now := range []bool{false, true, true, true, false, false, true} {
		broken.Store(now)
		s.ask("GET", "/readyz", "")
	}
	if told := s.logs.String(); strings.Count(told, `"not ready"`) != 2 || strings.Count(told, `"ready again"`) != 1 {
		t.Errorf("two outages and one return are told as\n%s", told)
	}
}

// TestReadinessWaitsForNobody is of a check that neither answers nor looks at
// its context.
func TestReadinessWaitsForNobody(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	defer close(release)
	s := newShop(t, nil, check("database", nil), web.Check{Name: "kafka", Probe: func(context.Context) error {
		<-release
		return nil
	}})
	start := time.Now()
	var told health
	got := s.ask("GET", "/readyz", "")
	got.into(t, &told)
	if diff := cmp.Diff(health{"not ready", map[string]string{"database": "up", "kafka": "away"}}, told); diff != "" {
		t.Errorf("readiness is %s (-want +got):\n%s", got.Status, diff)
	}
	if took := time.Since(start); took > 4*time.Second {
		t.Errorf("readiness took %s, want 2s", took)
	}
	if got := s.ask("GET", "/livez", ""); got.StatusCode != http.StatusOK {
		t.Errorf("meanwhile /livez answers %s", got.Status)
	}
}

func TestProcessIsAliveWhateverIsAway(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil, check("database", errors.New("gone")))
	if got := s.ask("GET", "/livez", ""); got.StatusCode != http.StatusOK || strings.TrimSpace(string(got.raw)) != `{"status":"up"}` {
		t.Errorf("/livez answers %s: %s", got.Status, got.raw)
	}
}

func TestVersionNamesTheService(t *testing.T) {
	t.Parallel()
	var got struct{ Service, Version string }
	newShop(t, nil).ask("GET", "/version", "").into(t, &got)
	if got.Service != "thing-service" || got.Version == "" {
		t.Errorf("/version tells %+v", got)
	}
}

func TestRequestsAreMeasuredByRouteAndNeverByPath(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	s.ask("GET", "/v1/things/"+thingID, "")
	s.ask("GET", "/v1/things/7", "")
	s.ask("GET", "/nowhere/hunter2", "")
	s.ask("HUNTER2", "/v1/things", "")
	s.ask("DELETE", "/v1/things", "")
	metrics := string(s.ask("GET", "/metrics", "").raw)
	for _, want := range []string{
		`http_request_duration_seconds_count{method="GET",route="/v1/things/{id}",status="200"} 1`,
		`http_request_duration_seconds_count{method="GET",route="/v1/things/{id}",status="404"} 1`,
		`http_request_duration_seconds_count{method="GET",route="none",status="404"} 1`,
		`http_request_duration_seconds_count{method="other",route="none",status="405"} 1`,
		`http_request_duration_seconds_bucket{method="GET",route="none",status="404",le="+Inf"} 1`,
		`go_goroutines `,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("no metric %s", want)
		}
	}
	for _, unwanted := range []string{"hunter2", "HUNTER2", thingID} {
		if strings.Contains(metrics, unwanted) {
			t.Errorf("the metrics hold %s, which a client made up", unwanted)
		}
	}
}

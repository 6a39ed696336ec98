package web_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/web"
)

type largeOutput struct {
	Body struct {
		Text string `json:"text"`
	}
}

func withBreakage(api *web.API) {
	web.Get(api, "/v1/panic", "Break", web.Public(), func(context.Context, *struct{}) (*struct{}, error) { panic("hunter2") })
	web.Get(api, "/v1/nil", "Break by a mistake", web.Public(), func(context.Context, *struct{}) (*struct{}, error) {
		var p *web.Problem
		return nil, errors.New(p.Detail)
	})
	api.Router().Get("/v1/begun", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		io.WriteString(w, strings.Repeat("x", 10_000)) //nolint:errcheck // the test sees it
		panic("hunter2")
	})
	api.Router().Get("/v1/abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	web.Get(api, "/v1/large", "Much", web.Public(), func(context.Context, *struct{}) (*largeOutput, error) {
		out := &largeOutput{}
		out.Body.Text = strings.Repeat("x", 50<<20)
		return out, nil
	})
}

func TestPanicIsOurFaultAndTellsNothing(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/v1/panic", "/v1/nil"} {
		s := newShop(t, withBreakage)
		p := s.ask("GET", path, "").problem(t, http.StatusInternalServerError, fault.CodeInternal)
		if p.Detail != "Something broke on our side." {
			t.Errorf("%s: detail %q tells what broke", path, p.Detail)
		}
		said := s.logs.String()
		if !strings.Contains(said, "recover_test.go") || !strings.Contains(said, `"level":"ERROR"`) || !strings.Contains(said, path) {
			t.Errorf("%s: logged %s, want an error with the stack", path, said)
		}
	}
}

func TestAnswerThatBreaksInTheMiddleIsCutOff(t *testing.T) {
	t.Parallel()
	s := newShop(t, withBreakage)
	response, err := caller.Get(s.url + "/v1/begun") //nolint:noctx // short
	if err == nil {
		defer response.Body.Close()
		_, err = io.ReadAll(response.Body)
	}
	if err == nil {
		t.Error("the client takes half an answer for a whole one")
	}
	if said := s.logs.String(); !strings.Contains(said, "hunter2") {
		t.Errorf("logged %s, want the panic", said)
	}
}

func TestAbortIsQuiet(t *testing.T) {
	t.Parallel()
	s := newShop(t, withBreakage)
	if response, err := caller.Get(s.url + "/v1/abort"); err == nil { //nolint:noctx // short
		response.Body.Close()
		t.Errorf("answers %s, want a broken connection", response.Status)
	}
	if said := s.logs.String(); said != "" {
		t.Errorf("logged %s", said)
	}
}

func TestClientThatLeavesIsNoError(t *testing.T) {
	t.Parallel()
	s := newShop(t, withBreakage)
	for range 5 {
		response, err := caller.Get(s.url + "/v1/large") //nolint:noctx // short
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(response.Body, make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
		response.Body.Close() // the rest is not read
	}
	eventually(t, "five answers are counted", func() bool {
		return strings.Contains(string(s.ask("GET", "/metrics", "").raw), `http_request_duration_seconds_count{method="GET",route="/v1/large",status="200"} 5`)
	})
	if said := s.logs.String(); said != "" {
		t.Errorf("logged %s", said)
	}
}

func TestClientThatDoesNotWaitIsNoError(t *testing.T) {
	t.Parallel()
	working := make(chan struct{})
	s := newShop(t, func(api *web.API) {
		web.Get(api, "/v1/slow", "Wait", web.Public(), func(ctx context.Context, _ *struct{}) (*struct{}, error) {
			close(working)
			<-ctx.Done()
			return nil, ctx.Err()
		})
	})
	ctx, leave := context.WithCancel(t.Context())
	go func() {
		<-working
		leave()
	}()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/v1/slow", nil)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := caller.Do(request); err == nil {
		response.Body.Close()
		t.Errorf("answers %s", response.Status)
	}
	eventually(t, "the request is counted as given up", func() bool {
		return strings.Contains(string(s.ask("GET", "/metrics", "").raw), `route="/v1/slow",status="499"`)
	})
	if said := s.logs.String(); said != "" {
		t.Errorf("logged %s", said)
	}
}

func TestStreamMayGoOnForLongerThanOtherAnswers(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(api *web.API) {
		web.Get(api, "/v1/stream", "Follow", web.Public(), func(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
			if _, limited := ctx.Deadline(); limited {
				return nil, errors.New("a stream has a deadline")
			}
			return &huma.StreamResponse{Body: func(c huma.Context) { io.WriteString(c.BodyWriter(), "data: x\n\n") }}, nil //nolint:errcheck // the test sees it
		}, web.Streaming())
	})
	if got := s.ask("GET", "/v1/stream", "", "Accept", "text/event-stream"); string(got.raw) != "data: x\n\n" {
		t.Errorf("answers %s: %s", got.Status, got.raw)
	}
}

package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/telemetry"
)

// clientGone is the status that metrics show of a request whose client did not
// wait for the answer; nobody receives it.
const clientGone = 499

// problem gives a handler's failure the form in which huma answers it.
func (a *API) problem(ctx context.Context, err error) error {
	if _, ok := errors.AsType[huma.StatusError](err); ok { // already in its final form, such as 304
		return err
	}
	return a.explain(ctx, err)
}

// explain describes err for the client and logs what only we may know.
func (a *API) explain(ctx context.Context, err error) *Problem {
	p := describe(err)
	p.TraceID = telemetry.TraceID(ctx)
	p.Instance = pathOf(ctx)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		p.Status = clientGone
	case p.Status == http.StatusInternalServerError:
		a.Log.ErrorContext(ctx, "request failed", "path", p.Instance, "error", err)
	case p.Status == http.StatusServiceUnavailable && p.Code == fault.CodeUnavailable:
		a.Log.WarnContext(ctx, "dependency away", "path", p.Instance, "error", err)
	}
	return p
}

// refuse answers a request that does not reach its handler.
func (a *API) refuse(c huma.Context, err error) {
	p := a.explain(c.Context(), err)
	p.noToken = c.Header("Authorization") == ""
	for name, values := range p.GetHeaders() {
		c.SetHeader(name, values[0])
	}
	c.SetHeader("Content-Type", p.ContentType(""))
	c.SetStatus(p.Status)
	json.NewEncoder(c.BodyWriter()).Encode(p) //nolint:errcheck,errchkjson // the client has gone
}

// WriteProblem answers with a failure outside of typed routes.
func (a *API) WriteProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := a.explain(r.Context(), err)
	p.Instance = r.URL.EscapedPath()
	p.noToken = r.Header.Get("Authorization") == ""
	writeProblem(w, p)
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	for name, values := range p.GetHeaders() {
		w.Header().Set(name, values[0])
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p) //nolint:errcheck,errchkjson // the client has gone
}

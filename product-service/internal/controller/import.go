package controller

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// maxImport is the largest import in bytes.
const maxImport = 64 << 20

type importInput struct {
	ContentType string `header:"Content-Type" doc:"text/csv or application/x-ndjson"`
	DryRun      bool   `query:"dryRun" doc:"keep nothing, only tell what would become of it"`
	Mode        string `query:"mode" enum:"partial,atomic" default:"partial" doc:"keep all good rows, or none unless all are good"`
}

type reportBody struct {
	Rows    int            `json:"rows"`
	Created int            `json:"created"`
	Updated int            `json:"updated"`
	Failed  int            `json:"failed"`
	Errors  []rowErrorBody `json:"errors"`
}

type rowErrorBody struct {
	Row     int    `json:"row" doc:"from 1, the line with the columns' names not counted"`
	Field   string `json:"field" doc:"empty where it is about the whole row"`
	Message string `json:"message"`
}

type progressBody struct {
	Rows int `json:"rows"`
}

// importLine is one line of the answer.
type importLine struct {
	Progress *progressBody `json:"progress,omitempty"`
	Report   *reportBody   `json:"report,omitempty"`
	Problem  string        `json:"problem,omitempty"`
}

// importProducts adds and changes products while their rows come in, and tells
// how it goes on.
func (c *Controller) importProducts(ctx context.Context, in *importInput) (*huma.StreamResponse, error) {
	kind, _, err := mime.ParseMediaType(in.ContentType)
	if err != nil || (kind != "text/csv" && kind != "application/x-ndjson") {
		return nil, fault.New(fault.CodeUnsupportedMediaType, "The body must be text/csv or application/x-ndjson.")
	}
	how := entity.Importing{DryRun: in.DryRun, Atomic: in.Mode == "atomic"}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		r, w := humachi.Unwrap(h)
		control := http.NewResponseController(w)
		control.EnableFullDuplex() //nolint:errcheck // without it the progress comes at the end
		w.Header().Set("Content-Type", "application/x-ndjson")
		w.Header().Set("X-Accel-Buffering", "no")
		tell := func(line importLine) {
			json.NewEncoder(w).Encode(line) //nolint:errcheck,errchkjson // the client has gone
			control.Flush()                 //nolint:errcheck // as above
		}
		body := http.MaxBytesReader(w, &patient{r.Body, control}, maxImport)
		rows := csvRows(body)
		if kind != "text/csv" {
			rows = jsonRows(body)
		}
		report, err := c.Products.Import(ctx, auth.From(ctx), how, rows, func(n int) { tell(importLine{Progress: &progressBody{Rows: n}}) })
		line := importLine{Report: showReport(report)}
		if err != nil {
			line.Problem = string(fault.CodeOf(err))
		}
		tell(line)
	}}, nil
}

// patient reads a body that takes as long as it takes, as long as some of it
// comes every minute.
type patient struct {
	io.ReadCloser
	control *http.ResponseController
}

const rowPatience = time.Minute

func (p *patient) Read(into []byte) (int, error) {
	p.control.SetReadDeadline(time.Now().Add(rowPatience)) //nolint:errcheck // a recorder in a test has none
	return p.ReadCloser.Read(into)
}

func showReport(r entity.Report) *reportBody {
	body := &reportBody{Rows: r.Rows, Created: r.Created, Updated: r.Updated, Failed: r.Failed, Errors: make([]rowErrorBody, len(r.Errors))}
	for i, e := range r.Errors {
		body.Errors[i] = rowErrorBody(e)
	}
	return body
}

// takesRows documents the bodies.
func takesRows(op *huma.Operation) {
	op.DefaultStatus = http.StatusOK
	op.Errors = append(op.Errors, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	text := &huma.Schema{Type: huma.TypeString}
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"text/csv":             {Schema: text, Example: "name,description,price,quantity\nDesk Lamp,bright,19.90,40\n"},
		"application/x-ndjson": {Schema: text, Example: `{"name":"Desk Lamp","price":19.90,"quantity":40}`},
	}}
	op.Responses = map[string]*huma.Response{"200": {
		Description: "JSON lines: progress now and then, the report last",
		Content: map[string]*huma.MediaType{"application/x-ndjson": {
			Schema: text, Example: `{"report":{"rows":1,"created":1,"updated":0,"failed":0,"errors":[]}}`,
		}},
	}}
}

package web

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// MaxBody is the largest body that a route takes unless it says otherwise.
const MaxBody = 1 << 20

// patience bounds how long a request may take; it reaches the database as the
// context's deadline.
const patience = 15 * time.Second

// handler answers one route: in is the decoded and validated request.
type handler[I, O any] = func(ctx context.Context, in *I) (*O, error)

// Option changes what a route is by default.
type Option func(*huma.Operation)

// Get adds a route that reads.
func Get[I, O any](a *API, path, summary string, access Access, h handler[I, O], options ...Option) {
	register(a, http.MethodGet, path, summary, access, h, options)
}

// Post adds a route that creates or acts; it answers 201 unless told otherwise
// by [Status].
func Post[I, O any](a *API, path, summary string, access Access, h handler[I, O], options ...Option) {
	register(a, http.MethodPost, path, summary, access, h, append([]Option{Status(http.StatusCreated)}, options...))
}

// Put adds a route that replaces.
func Put[I, O any](a *API, path, summary string, access Access, h handler[I, O], options ...Option) {
	register(a, http.MethodPut, path, summary, access, h, options)
}

// Patch adds a route that changes some fields.
func Patch[I, O any](a *API, path, summary string, access Access, h handler[I, O], options ...Option) {
	register(a, http.MethodPatch, path, summary, access, h, options)
}

// Delete adds a route that removes; it answers 204.
func Delete[I, O any](a *API, path, summary string, access Access, h handler[I, O], options ...Option) {
	register(a, http.MethodDelete, path, summary, access, h, append([]Option{Status(http.StatusNoContent)}, options...))
}

// Status sets the status of success.
func Status(status int) Option {
	return func(op *huma.Operation) { op.DefaultStatus = status }
}

// Describe adds a description to the documentation.
func Describe(text string) Option {
	return func(op *huma.Operation) { op.Description = text }
}

// Fails documents statuses that a route has besides those of every route.
func Fails(statuses ...int) Option {
	return func(op *huma.Operation) { op.Errors = append(op.Errors, statuses...) }
}

// BodyLimit sets the largest body in bytes.
func BodyLimit(n int64) Option {
	return func(op *huma.Operation) { op.MaxBodyBytes = n + 1 } // huma refuses at the limit, we beyond it
}

// Streaming marks a route that answers for as long as it likes, in a
// representation of its own.
func Streaming() Option {
	return func(op *huma.Operation) {
		op.BodyReadTimeout = -1
		op.Metadata[streaming] = true
	}
}

const streaming = "streaming"

func register[I, O any](a *API, method, path, summary string, access Access, h handler[I, O], options []Option) {
	op := huma.Operation{
		Method:       method,
		Path:         path,
		OperationID:  operationID(method, path),
		Summary:      summary,
		Tags:         []string{words(path)[0]},
		MaxBodyBytes: MaxBody + 1,
		Errors:       append(access.failures(), failures(path, reflect.TypeFor[I]())...),
		Metadata:     map[string]any{},
		Security:     access.security(),
	}
	for _, option := range options {
		option(&op)
	}
	describe304(&op, reflect.TypeFor[I]())
	if op.Metadata[streaming] != true {
		op.Errors = append(op.Errors, http.StatusNotAcceptable)
	}
	op.Middlewares = huma.Middlewares{a.admit(access), a.readable}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
	allowNull(a.huma.OpenAPI().Components.Schemas)
}

// failures lists the statuses of failures that a route's input can have.
func failures(path string, input reflect.Type) (found []int) {
	if strings.Contains(path, "{") {
		found = append(found, http.StatusNotFound)
	}
	_, body := input.FieldByName("Body")
	if _, raw := input.FieldByName("RawBody"); body || raw {
		found = append(found, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if f, ok := input.FieldByName("IfMatch"); ok && f.Type == reflect.TypeFor[IfMatch]() {
		found = append(found, http.StatusPreconditionFailed)
	}
	return found
}

// describe304 documents the answer of a route that takes IfNoneMatch.
func describe304(op *huma.Operation, input reflect.Type) {
	if f, ok := input.FieldByName("IfNoneMatch"); !ok || f.Type != reflect.TypeFor[IfNoneMatch]() {
		return
	}
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	op.Responses["304"] = &huma.Response{Description: "The resource still has an ETag of If-None-Match."}
}

// operationID is such as "post-orders-orderId-cancel".
func operationID(method, path string) string {
	return strings.ToLower(method) + "-" + strings.Join(words(path), "-")
}

// words are the parts of a path without its version; routes are grouped by the
// first.
func words(path string) []string {
	plain := func(c rune) bool { return c == '-' || ('a' <= c|0x20 && c|0x20 <= 'z') || ('0' <= c && c <= '9') }
	found := strings.FieldsFunc(path, func(c rune) bool { return !plain(c) })
	found = slices.DeleteFunc(found, func(word string) bool { return word == "v1" })
	if len(found) == 0 {
		return []string{"root"}
	}
	return found
}

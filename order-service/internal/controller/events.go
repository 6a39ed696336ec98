package controller

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// eventPatience bounds how long a reader may take for one event.
const eventPatience = 10 * time.Second

type eventsInput struct {
	OrderPath
	LastEventID string `header:"Last-Event-ID" doc:"the id of the last event seen: only later ones are sent"`
}

type eventsOutput struct {
	Status int
	Body   func(huma.Context)
}

// eventStream documents what the route answers with.
func eventStream(op *huma.Operation) {
	op.Description = "Server-Sent Events: each row of the order's history as it is written, until the order is final. " +
		"Who comes again with Last-Event-ID gets only what is new."
	op.Responses = map[string]*huma.Response{
		"200": {Description: "The stream.", Content: map[string]*huma.MediaType{"text/event-stream": {
			Schema: &huma.Schema{Type: huma.TypeString},
			Example: "id: 2\nevent: status\ndata: {\"sequence\": 2, \"from\": \"NEW\", \"to\": \"CONFIRMED\", \"actor\": \"product-service\", " +
				"\"reason\": null, \"note\": null, \"occurredAt\": \"2026-01-02T03:04:05.678Z\", \"traceId\": null}\n\n",
		}}},
		"204": {Description: "Nothing can come any more: the order is final and its last event was seen."},
	}
}

// events answers with Server-Sent Events: a row of the history each, its
// sequence as the id. The stream ends when the order is final; a client that
// connects again then gets 204, which tells it to stop (HTML, 9.2.3).
func (c *Controller) events(ctx context.Context, in *eventsInput) (*eventsOutput, error) {
	seen, err := strconv.Atoi(in.LastEventID)
	if err != nil {
		seen = 0 // not one of ours: begin at the beginning
	}
	after, more, err := c.orders.Followable(ctx, auth.From(ctx), in.ID, seen)
	if err != nil {
		return nil, err
	}
	if !more {
		return &eventsOutput{Status: http.StatusNoContent, Body: func(h huma.Context) { h.SetStatus(http.StatusNoContent) }}, nil
	}
	return &eventsOutput{Status: http.StatusOK, Body: func(h huma.Context) {
		_, w := humachi.Unwrap(h)
		h.SetHeader("Content-Type", "text/event-stream")
		h.SetHeader("Cache-Control", "no-store")
		h.SetHeader("X-Accel-Buffering", "no")
		h.SetStatus(http.StatusOK)
		s := &stream{w: w, control: http.NewResponseController(w)}
		// A failure ends the stream; the client connects again where it was.
		if s.write("") == nil { // the head at once, however long the first event takes
			_ = c.orders.Follow(ctx, in.ID, after, web.Draining(ctx), s)
			_ = s.extend() // for the end of the body, which net/http writes
		}
	}}, nil
}

// stream writes events to one client.
type stream struct {
	w       io.Writer
	control *http.ResponseController
}

// Tell writes an event for each step.
func (s *stream) Tell(steps []entity.Step) error {
	for _, step := range steps {
		data, err := json.Marshal(newStepBody(step))
		if err != nil {
			return fmt.Errorf("write an event: %w", err)
		}
		if err := s.write(fmt.Sprintf("id: %d\nevent: status\ndata: %s\n\n", step.Sequence, data)); err != nil {
			return err
		}
	}
	return nil
}

// Idle keeps proxies from closing the connection, and finds out when the client
// has gone.
func (s *stream) Idle() error { return s.write(": still here\n\n") }

func (s *stream) write(text string) error {
	if err := s.extend(); err != nil {
		return err
	}
	if _, err := io.WriteString(s.w, text); err != nil {
		return fmt.Errorf("write an event: %w", err)
	}
	if err := s.control.Flush(); err != nil {
		return fmt.Errorf("flush an event: %w", err)
	}
	return nil
}

// extend gives the next write its time.
func (s *stream) extend() error {
	if err := s.control.SetWriteDeadline(time.Now().Add(eventPatience)); err != nil {
		return fmt.Errorf("set the write deadline: %w", err)
	}
	return nil
}

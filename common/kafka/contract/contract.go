// Package contract holds what the services say to each other over Kafka: the
// topics, the messages, and how to read and write them. It knows no broker.
// Field names are those of the original system; every added field may be absent
// and unknown fields are ignored, so that either implementation can talk to the
// other. testdata holds a golden sample of each message.
package contract

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
)

// The topics. A topic's dead letters go to the topic with DeadLetterSuffix.
const (
	ValidationRequests  = "product.validate.request"
	ValidationResponses = "product.validate.response"
	ReservationCloses   = "product.reservation.close"
	OrderEvents         = "order.events"
	ProductEvents       = "product.events"
	UserEvents          = "user.events"
	DeadLetterSuffix    = ".dlq"
)

// MaxBytes is the largest message body that is read.
const MaxBytes = 1 << 20

// Record is a message ready for its topic. It is what an outbox keeps and a
// publisher sends.
type Record struct {
	Topic       string
	Key         id.ID  // keeps messages of one thing in one partition
	ID          id.ID  // header message-id
	Type        string // header message-type, such as "ProductValidationRequest"
	Body        []byte // JSON
	Traceparent string // W3C trace context of the cause, may be empty
}

// message is implemented by every message of this package.
type message interface {
	about() (topic, kind string, key id.ID)
}

// NewRecord writes m for its topic.
func NewRecord(m message, traceparent string) (Record, error) {
	topic, kind, key := m.about()
	body, err := json.Marshal(m)
	if err != nil {
		return Record{}, fmt.Errorf("write %s: %w", kind, err)
	}
	messageID, err := id.New()
	if err != nil {
		return Record{}, err
	}
	return Record{Topic: topic, Key: key, ID: messageID, Type: kind, Body: body, Traceparent: traceparent}, nil
}

// decode reads raw into m. The failure is the message's own fault.
func decode(raw []byte, m any) error {
	if len(raw) > MaxBytes {
		return fault.New(fault.CodeBodyTooLarge, "the message has %d bytes, at most %d are read", len(raw), MaxBytes)
	}
	if err := json.Unmarshal(raw, m); err != nil {
		return fault.New(fault.CodeMalformedRequest, "the message is not readable").Because(err)
	}
	return nil
}

// Time is a moment as messages write it: RFC 3339 in UTC with milliseconds.
type Time struct{ time.Time }

// MarshalJSON writes "2026-01-02T03:04:05.678Z", or null for the zero Time.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return []byte(t.UTC().Format(`"2006-01-02T15:04:05.000Z"`)), nil
}

package entity

import (
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/plain"
)

// Placing is a request for an order.
type Placing struct {
	Draft   Draft
	Once    *Once           // nil without an idempotency key
	Wait    time.Duration   // how long to wait for the outcome; 0: not at all
	Hurry   <-chan struct{} // ends the wait early when it is closed; may be nil
	TraceID string
}

// Change is a request to cancel or ship an order.
type Change struct {
	OrderID id.ID
	Note    string
	TraceID string
	Check   func(version int) error // fails if the order is not as the caller thinks
}

// Valid fails if what the change says for itself breaks a rule.
func (c Change) Valid() error {
	if !plain.Text(c.Note) {
		return fault.InvalidAt("body.note", "holds a control character")
	}
	return nil
}

// Follower is told what becomes of an order.
type Follower interface {
	Tell(steps []Step) error
	Idle() error // nothing has happened for a while
}

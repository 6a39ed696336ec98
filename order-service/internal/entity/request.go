package entity

import (
	"time"

	"github.com/oms-fleet/oms/common/id"
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

// Follower is told what becomes of an order.
type Follower interface {
	Tell(steps []Step) error
	Idle() error // nothing has happened for a while
}

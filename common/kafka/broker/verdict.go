package broker

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/telemetry"
)

// tries is how often a message is tried alone before it is given up.
const tries = 5

// errEnded means that the generation ended before the work was done.
var errEnded = errors.New("the generation has ended")

// handle has the batch handled, come what may: when it returns nil each message
// is either done or buried. It fails only with errEnded.
func (w *worker) handle(batch []*Message) error {
	open := make([]*Message, 0, len(batch))
	for _, m := range batch {
		if len(m.Value) > contract.MaxBytes {
			m.Bury(fault.New(fault.CodeBodyTooLarge, "the message has %d bytes, at most %d are read", len(m.Value), contract.MaxBytes))
			continue
		}
		open = append(open, m)
	}
	if len(open) > 1 {
		for range 2 {
			err := w.patiently(open)
			if err == nil || errors.Is(err, errEnded) {
				return err
			}
			w.log.Error("A batch failed.", "messages", len(open), "error", err)
		}
	}
	return w.oneByOne(open)
}

// oneByOne finds out which messages make a batch fail and buries them. Those
// that fail are tried again after all the others, so that nobody waits for them.
func (w *worker) oneByOne(open []*Message) error {
	delay := w.timing.retry
	for try := 1; len(open) > 0; try++ {
		var failed []*Message
		for _, m := range open {
			m.attempts = try
			err := w.patiently([]*Message{m})
			switch {
			case errors.Is(err, errEnded):
				return err
			case err != nil && try == tries:
				m.Bury(err)
			case err != nil:
				w.log.Error("A message failed.", "partition", m.Partition, "offset", m.Offset, "message_id", m.ID, "try", try, "error", err)
				failed = append(failed, m)
			}
		}
		if open = failed; len(open) > 0 && !pause(w.ends, delay) {
			return errEnded
		}
		delay *= 2
	}
	return nil
}

// patiently calls the handler, again and again while something it needs is
// away. It returns the handler's verdict on the messages, or errEnded.
func (w *worker) patiently(messages []*Message) error {
	call := func() (struct{}, error) {
		if w.ends.Err() != nil {
			return struct{}{}, backoff.Permanent(errEnded)
		}
		err := w.call(messages)
		if err != nil && !away(err) {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}
	return w.untilBack(call)
}

// untilBack retries what fails because something is away, and lets Healthy know.
func (w *worker) untilBack(do backoff.Operation[struct{}]) error {
	var echo echo
	notify := func(err error, next time.Duration) {
		w.health.retrying(err)
		if echo.news(err) {
			w.log.Warn("Something is away, so a batch has to wait.", "error", err, "again_in", next)
		}
	}
	_, err := backoff.Retry(w.ends, do, append(forever(), backoff.WithNotify(notify))...)
	w.health.retrying(nil)
	if err != nil && w.ends.Err() != nil {
		return errEnded
	}
	return err
}

// away reports whether a failure is nobody's fault and heals by itself.
func away(err error) bool {
	return fault.KindOf(err) == fault.Unavailable || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// call calls the handler once. A panic is a failure like any other.
func (w *worker) call(messages []*Message) (err error) {
	for _, m := range messages {
		m.fault, m.attempts = nil, max(1, m.attempts)
	}
	began := time.Now()
	w.health.begin()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the handler panicked: %v", p)
			w.log.Error("The handler panicked.", "panic", p, "stack", string(debug.Stack()))
		}
		w.health.end()
		w.metrics.seconds.Observe(time.Since(began).Seconds())
		w.metrics.batch.Observe(float64(len(messages)))
	}()
	ctx := w.ctx
	if len(messages) == 1 { // alone, the work belongs to the message's trace
		ctx = telemetry.WithTraceparent(ctx, messages[0].Traceparent)
	}
	return w.cfg.Handle(ctx, messages)
}

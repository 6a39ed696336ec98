package broker_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

var errBroken = errors.New("this one is broken")

func TestMessageThatFailsAloneFiveTimesGoesToTheDeadLetters(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func() error{
		"a failure": func() error { return errBroken },
		"a panic":   func() error { panic(errBroken) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			s.publish(t, append(numbered("good", 30), "poison")...)
			var d diary
			var alone, together atomic.Int64
			run(t, s.listener(func(ctx context.Context, batch []*broker.Message) error {
				poisoned := slices.ContainsFunc(batch, func(m *broker.Message) bool { return string(m.Value) == "poison" })
				switch {
				case poisoned && len(batch) == 1:
					alone.Add(1)
					return fail()
				case poisoned:
					together.Add(1)
					return fail()
				}
				return d.note(ctx, batch)
			}))
			letter := read(t, s.brokers, s.topic+contract.DeadLetterSuffix, 1)[0]
			s.publish(t, "behind")
			eventually(t, "the others are handled", func() bool { return d.has(append(numbered("good", 30), "behind")...) })

			if string(letter.Value) != "poison" || header(letter, "dlq-attempts") != "5" || !strings.Contains(header(letter, "dlq-error"), errBroken.Error()) {
				t.Errorf("dead letter %q with %v", letter.Value, letter.Headers)
			}
			if alone.Load() != 5 || together.Load() > 2 {
				t.Errorf("poison came %d times alone and %d times with others, want 5 and at most 2", alone.Load(), together.Load())
			}
		})
	}
}

func TestBatchThatFailsOnceComesAgainWhole(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.publish(t, numbered("x", 30)...)
	var d diary
	var failed atomic.Bool
	run(t, s.listener(func(ctx context.Context, batch []*broker.Message) error {
		if len(batch) > 1 && failed.CompareAndSwap(false, true) {
			batch[0].Bury(errBroken) // does not count: the call fails
			return errBroken
		}
		return d.note(ctx, batch)
	}))
	eventually(t, "all are handled", func() bool { return d.has(numbered("x", 30)...) })
	if d.count("x-0") != 1 {
		t.Errorf("x-0 was handled %d times, want 1", d.count("x-0"))
	}
}

func TestBatchWaitsForWhatIsAway(t *testing.T) {
	t.Parallel()
	for name, away := range map[string]error{
		"unavailable":  fault.Unavailablef(nil, "the database is away"),
		"out of time":  context.DeadlineExceeded,
		"a dead tx":    errors.Join(errBroken, context.Canceled),
		"wrapped deep": errors.Join(errBroken, fault.Unavailablef(nil, "away")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			var d diary
			var calls atomic.Int64
			var healed atomic.Bool
			l := s.listener(func(ctx context.Context, batch []*broker.Message) error {
				calls.Add(1)
				if !healed.Load() {
					return away
				}
				return d.note(ctx, batch)
			})
			run(t, l)
			bodies := numbered("x", 20)
			s.publish(t, bodies...)
			eventually(t, "it is tried more often than a bad message would be", func() bool { return calls.Load() > 7 })
			if err := l.Healthy(); err == nil {
				t.Error("Healthy = nil while a batch waits")
			}
			if got := s.committed(t); len(got) != 0 {
				t.Errorf("committed %v while nothing was handled", got)
			}
			healed.Store(true)
			eventually(t, "all are handled", func() bool { return d.has(bodies...) })
			eventually(t, "the listener is healthy again", func() bool { return l.Healthy() == nil })
			for _, limit := range s.deadLetters(t) {
				if limit != 0 {
					t.Errorf("there are dead letters")
				}
			}
		})
	}
}

func TestHandlerIsNeverCalledTwiceAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	var d diary
	var one sync.Mutex
	run(t, s.listener(func(ctx context.Context, batch []*broker.Message) error {
		if !one.TryLock() {
			t.Error("two calls at once")
			return nil
		}
		defer one.Unlock()
		return d.note(ctx, batch)
	}))
	for round := range 20 {
		s.publish(t, numbered(strconv.Itoa(round), 30)...)
	}
	eventually(t, "all are handled", func() bool { return d.size() == 600 })
}

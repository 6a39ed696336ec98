package broker

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/common/fault"
)

const (
	writeAttempts = 3
	writeTimeout  = 5 * time.Second

	// A topic takes batches of at most 1 MiB unless it is told otherwise. We
	// stay below with sizes before compression, headers and framing apart.
	requestBytes = 900_000
)

// send publishes messages, a request after the other where they do not fit into
// one. Its failures are those of Publish.
func (p *Publisher) send(ctx context.Context, messages []kafka.Message) error {
	var refused []error
	for len(messages) > 0 {
		n := fitting(messages)
		err := p.sendRequest(ctx, messages[:n])
		if fault.KindOf(err) == fault.Unavailable {
			return err
		}
		if err != nil {
			refused = append(refused, err)
		}
		messages = messages[n:]
	}
	return errors.Join(refused...)
}

// fitting returns how many of the first messages go into one request: at least
// one.
func fitting(messages []kafka.Message) int {
	size := 0
	for i, m := range messages {
		size += len(m.Key) + len(m.Value)
		if size > requestBytes && i > 0 {
			return i
		}
	}
	return len(messages)
}

// sendRequest tries a few times; each time only what is not acknowledged.
func (p *Publisher) sendRequest(ctx context.Context, open []kafka.Message) error {
	var refused []error
	attempt := func() (struct{}, error) {
		result := p.produce(ctx, open)
		p.metrics.failed(result.lost)
		refused = append(refused, result.refused...)
		open = result.open
		return struct{}{}, result.err
	}
	_, err := backoff.Retry(ctx, attempt,
		backoff.WithBackOff(&backoff.ExponentialBackOff{InitialInterval: 100 * time.Millisecond, Multiplier: 2, MaxInterval: time.Second, RandomizationFactor: 0.2}),
		backoff.WithMaxTries(writeAttempts))
	if err != nil {
		p.metrics.failed(open)
		return fault.Unavailablef(err, "publish %d records to %s", len(open), open[0].Topic)
	}
	return errors.Join(refused...)
}

// outcome is what became of one attempt.
type outcome struct {
	open    []kafka.Message // not acknowledged, worth another attempt
	err     error           // why they are open
	lost    []kafka.Message // what the broker will never take
	refused []error         // why not
}

// blame says why messages are not acknowledged.
func (o *outcome) blame(messages []kafka.Message, err error) {
	if final(err) {
		o.lost, o.refused = append(o.lost, messages...), append(o.refused, err)
		return
	}
	o.open, o.err = append(o.open, messages...), err
}

func (o *outcome) add(other outcome) {
	o.open, o.lost = append(o.open, other.open...), append(o.lost, other.lost...)
	o.refused = append(o.refused, other.refused...)
	if other.err != nil {
		o.err = other.err
	}
}

// final reports whether another attempt is in vain. All that is not an answer
// of a broker (connections, deadlines) may do better next time.
func final(err error) bool {
	code, ok := errors.AsType[kafka.Error](err)
	return ok && !code.Temporary() && code != kafka.BrokerNotAvailable
}

package fleettest

import (
	"context"
	"testing"

	kafka "github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/fleet/internal/topics"
)

// Commands are the topics that the services listen to.
func Commands() []string { return topics.Commands() }

// Topics are a broker's topics; what fails with them fails the test.
type Topics struct{ Broker string }

func (b Topics) all() topics.Topics { return topics.Topics{Broker: b.Broker} }

// Replay publishes everything that the topics hold under the keys again, all of
// it without keys, and waits until the services have dealt with it.
func (b Topics) Replay(t testing.TB, keys ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*Patience)
	defer cancel()
	must(t, b.all().Replay(ctx, keys...))
}

// Again publishes messages that were read once more and waits until the services
// have dealt with them.
func (b Topics) Again(t testing.TB, read ...kafka.Message) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*Patience)
	defer cancel()
	must(t, b.all().Again(ctx, read...))
}

// Publish sends messages as any client of the broker could.
func (b Topics) Publish(t testing.TB, messages ...kafka.Message) {
	t.Helper()
	must(t, b.all().Publish(t.Context(), messages...))
}

// Read returns all that a topic holds.
func (b Topics) Read(t testing.TB, topic string) []kafka.Message {
	t.Helper()
	found, err := b.all().Read(t.Context(), topic)
	must(t, err)
	return found
}

// Ends returns the end of every partition of topics.
func (b Topics) Ends(t testing.TB, of ...string) map[string]map[int]int64 {
	t.Helper()
	found, err := b.all().Ends(t.Context(), of...)
	must(t, err)
	return found
}

// Quiet waits until every group of the services has committed all that its
// topics hold now. What others publish meanwhile does not matter.
func (b Topics) Quiet(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	must(t, b.all().Quiet(ctx))
}

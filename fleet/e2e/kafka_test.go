package e2e_test

import (
	"context"
	"fmt"
	"testing"

	kafka "github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/fleet/internal/fleettest"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

func (f *tried) topics() fleettest.Topics { return fleettest.Topics{Broker: f.kafka} }

// deadLetter waits for a dead letter of a topic under a key and returns it.
func (f *tried) deadLetter(t *testing.T, topic, key string) kafka.Message {
	t.Helper()
	var found kafka.Message
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := shop.Eventually(ctx, func(context.Context) error {
		for _, m := range f.topics().Read(t, topic+contract.DeadLetterSuffix) {
			if string(m.Key) == key {
				found = m
				return nil
			}
		}
		return fmt.Errorf("no dead letter of %s under %s", topic, key)
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

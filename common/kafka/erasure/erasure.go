// Package erasure is how a service hears that a person is to be forgotten.
package erasure

import (
	"context"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

// forgetter forgets persons.
type forgetter interface {
	Forget(ctx context.Context, clients []id.ID) error
}

// Handler forgets the people whom a batch of events says are erased.
// An event that is not readable goes to the dead letters; events of other types
// are none of our business.
func Handler(by forgetter) broker.Handler {
	return func(ctx context.Context, batch []*broker.Message) error {
		var clients []id.ID
		for _, m := range batch {
			if m.Type != "" && m.Type != "UserErased" {
				continue
			}
			event, err := contract.DecodeUserErased(m.Value)
			if err != nil {
				m.Bury(err)
				continue
			}
			clients = append(clients, event.UserID)
		}
		if len(clients) == 0 {
			return nil
		}
		return by.Forget(ctx, clients)
	}
}

package repository

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/outbox"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// News is how others hear of what happened: it goes into the outbox with the
// change itself, and is offered to the relay after the commit.
type News struct {
	Record func(ctx context.Context, e entity.Event) (contract.Record, error) // before the commit, perhaps in vain
	Offer  func(records ...contract.Record)
	Cache  *Cache // hears of changes too; nil without one
}

// inTx runs do in a transaction, as database.InTx does, and tells the events
// that it returns.
func (n News) inTx(ctx context.Context, db *sqlx.DB, do func(tx *database.Tx) ([]entity.Event, error)) error {
	var records []contract.Record
	err := database.InTx(ctx, db, func(tx *database.Tx) error {
		events, err := do(tx)
		if err != nil {
			return err
		}
		if records, err = n.records(ctx, events); err != nil || len(records) == 0 {
			return err
		}
		return outbox.Add(ctx, tx, records...)
	})
	if err == nil && len(records) > 0 {
		n.Offer(records...)
	}
	return err
}

func (n News) records(ctx context.Context, events []entity.Event) ([]contract.Record, error) {
	records := make([]contract.Record, len(events))
	for i, event := range events {
		record, err := n.Record(ctx, event)
		if err != nil {
			return nil, err
		}
		records[i] = record
	}
	return records, nil
}

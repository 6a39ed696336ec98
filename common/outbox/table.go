package outbox

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

// delete removes what was published. A failure is only worth a line: the rows
// are found again and published twice.
func (r *Relay) delete(ctx context.Context) {
	r.mu.Lock()
	ids := r.sent
	r.sent = nil
	r.mu.Unlock()
	slices.SortFunc(ids, func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) }) // one order for all: no deadlocks
	for part := range slices.Chunk(ids, maxBatch) {
		if err := remove(ctx, r.db, part); err != nil && ctx.Err() == nil {
			r.log.WarnContext(ctx, "published messages stay in the outbox", "messages", len(part), "error", err)
		}
	}
}

func remove(ctx context.Context, db sqlx.ExecerContext, ids []id.ID) error {
	args := make([]any, len(ids))
	for i, messageID := range ids {
		args[i] = messageID
	}
	if _, err := db.ExecContext(ctx, "DELETE FROM outbox WHERE message_id IN "+database.In(len(args)), args...); err != nil {
		return fmt.Errorf("delete %d messages from the outbox: %w", len(ids), err)
	}
	return nil
}

// sweep publishes what was left in the table until nothing is.
func (r *Relay) sweep(ctx context.Context) {
	for {
		n, err := r.sweepBatch(ctx)
		if err != nil {
			if ctx.Err() == nil {
				r.log.WarnContext(ctx, "messages wait in the outbox", "error", err)
			}
			return // until the next look
		}
		if n < maxBatch {
			return
		}
	}
}

// sweepBatch claims the oldest messages that no other relay has claimed,
// publishes and deletes them in one transaction.
func (r *Relay) sweepBatch(ctx context.Context) (n int, err error) {
	err = database.InTx(ctx, r.db, func(tx *sqlx.Tx) error {
		var rows []row
		// Never "after the last one published": rows commit out of the order of
		// their ids, and one that came late would be lost.
		err := tx.SelectContext(ctx, &rows, `
			SELECT   `+columns+`
			FROM     outbox
			WHERE    message_id < ?
			ORDER BY message_id
			LIMIT    ?
			FOR UPDATE SKIP LOCKED`, id.Floor(time.Now().Add(-leftAfter)), maxBatch)
		if n = len(rows); err != nil || n == 0 {
			return err
		}
		records, ids := make([]contract.Record, n), make([]id.ID, n)
		for i, row := range rows {
			records[i], ids[i] = row.record(), row.ID
		}
		if err := r.publish(ctx, records...); err != nil {
			return err
		}
		return remove(ctx, tx, ids)
	})
	return n, err
}

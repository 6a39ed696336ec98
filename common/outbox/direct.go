package outbox

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/faultpoint"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

// sendOffered publishes what is offered: all that came while one publish was in
// flight is the next.
func (r *Relay) sendOffered(ctx, work context.Context) {
	for ended := false; !ended; {
		select {
		case <-r.offered.some:
		case <-ctx.Done():
		}
		ended = ctx.Err() != nil // what came until now still goes
		offers := r.offered.take()
		if len(offers) == 0 {
			continue
		}
		records, rows := recordsOf(offers)
		faultpoint.Reach(faultpoint.BeforePublish)
		if err := r.publish(work, records...); err != nil {
			r.metrics.failures.Inc()
			r.log.Warn("Records could not be published; they stay in the outbox.", "records", len(records), "error", err)
			r.fallBack(err)
			r.wakeSweeper()
			continue
		}
		r.metrics.published.Add(float64(len(records)))
		faultpoint.Reach(faultpoint.BeforeDelete)
		r.published.add(rows...)
	}
}

// offer is a record whose transaction is committed.
type offer struct {
	contract.Record
	row bool // its id is also that of its row
}

// offersOf tells of which rows the records of a transaction are.
func offersOf(records []contract.Record) []offer {
	offers := make([]offer, 0, len(records))
	for _, some := range split(records) {
		for i, record := range some {
			offers = append(offers, offer{record, i == 0})
		}
	}
	return offers
}

func recordsOf(offers []offer) (records []contract.Record, rows []id.ID) {
	records = make([]contract.Record, len(offers))
	for i, o := range offers {
		if records[i] = o.Record; o.row {
			rows = append(rows, o.ID)
		}
	}
	return records, rows
}

// removePublished deletes rows that are published, many with one commit, until
// sent ends.
func (r *Relay) removePublished(sent, work context.Context) {
	for ended := false; !ended; {
		select {
		case <-r.published.some:
			gather(sent)
		case <-sent.Done():
		}
		ended = sent.Err() != nil // what is left still goes
		ids := r.published.take()
		if len(ids) == 0 {
			continue
		}
		err := database.InTx(work, r.db, func(tx *database.Tx) error { return remove(work, tx, ids) })
		if err != nil {
			r.log.Warn("Published records could not be removed, so they will be published again.", "records", len(ids), "error", err)
		}
	}
}

// gather lets more come.
func gather(ctx context.Context) {
	timer := time.NewTimer(gathering)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// remove deletes rows in the order of their ids, as everyone locks them.
//
// It joins with the ids because "message_id IN (…)" makes MySQL and MariaDB scan
// a small table as a whole (an index hint changes nothing, measured), and then
// they wait for the rows of transactions that are still under way.
func remove(ctx context.Context, tx *database.Tx, ids []id.ID) error {
	slices.SortFunc(ids, func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) })
	for some := range slices.Chunk(ids, removeLimit) {
		args := make([]any, len(some))
		for i := range some {
			args[i] = some[i][:]
		}
		query := "DELETE o FROM (SELECT ? AS id" + strings.Repeat(" UNION ALL SELECT ?", len(some)-1) + `) published
			STRAIGHT_JOIN outbox o ON o.message_id = published.id`
		if err := tx.ExecLater(ctx, query, args...); err != nil {
			return fmt.Errorf("remove %d published records: %w", len(some), err)
		}
	}
	return nil
}

package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/faultpoint"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

// sweepOften sweeps the table twice a second, and at once when the direct way is
// closed; after a failure a little later each time.
func (r *Relay) sweepOften(ctx, work context.Context) {
	pauses := &backoff.ExponentialBackOff{InitialInterval: 100 * time.Millisecond, Multiplier: 1.5, MaxInterval: pollEvery, RandomizationFactor: 0.3}
	for {
		wait, behind := pollEvery, r.behind
		if err := r.sweepOnce(work); err != nil && ctx.Err() == nil {
			r.log.Warn("The outbox cannot be relayed for now.", "error", err)
			r.fallBack(err)
			wait, behind = pauses.NextBackOff(), nil
		} else {
			pauses.Reset()
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-behind:
		case <-ctx.Done():
			return
		}
		timer.Stop()
	}
}

// sweepOnce takes from the table what the direct way has forgotten; or all of
// it, and then opens the direct way.
func (r *Relay) sweepOnce(ctx context.Context) error {
	if r.isDirect() {
		if err := r.sweep(ctx, id.Floor(time.Now().Add(-pollAge))); err != nil {
			return err
		}
		return r.count(ctx)
	}
	if err := r.sweep(ctx, everything); err != nil {
		return err
	}
	r.goDirect()
	// What was offered while that sweep was at its end went nowhere.
	return r.sweep(ctx, everything)
}

// sweep publishes and removes the rows whose ids are below limit.
func (r *Relay) sweep(ctx context.Context, limit id.ID) error {
	// Going on behind the last row skips those that are refused. It misses rows
	// that commit late with a smaller id, but not for long: each sweep begins at
	// the first.
	var last id.ID
	for {
		rows, err := r.claim(ctx, last, limit)
		if err != nil || len(rows) < pollLimit {
			return err
		}
		last = rows[len(rows)-1].ID
	}
}

// claim publishes and removes some rows while it holds them, so that relays
// which sweep at once share the rows. It returns those it found. The transaction
// may run twice and publish twice, which is allowed.
func (r *Relay) claim(ctx context.Context, last, limit id.ID) (rows []row, err error) {
	err = database.InTx(ctx, r.db, func(tx *database.Tx) (err error) {
		rows, err = read(ctx, tx, "WHERE message_id > ? AND message_id < ? ORDER BY message_id LIMIT ? FOR UPDATE SKIP LOCKED", last[:], limit[:], pollLimit)
		if err != nil || len(rows) == 0 {
			return err
		}
		sent, kept, err := r.publishRows(ctx, rows)
		if err != nil {
			return err
		}
		faultpoint.Reach(faultpoint.SweepDelete)
		if err := keep(ctx, tx, kept); err != nil {
			return err
		}
		return remove(ctx, tx, sent)
	})
	if err != nil {
		return nil, fmt.Errorf("relay the outbox: %w", err)
	}
	return rows, nil
}

// keep leaves in rows what the broker refused of them.
func keep(ctx context.Context, tx *database.Tx, rows []row) error {
	for _, r := range rows {
		if _, err := tx.ExecContext(ctx, "UPDATE outbox SET body = ? WHERE message_id = ?", r.Body, r.ID[:]); err != nil {
			return fmt.Errorf("keep refused records in the outbox: %w", err)
		}
	}
	return nil
}

// publishRows returns the ids of the rows of which all is published, and those of
// which a part is, with what is left of them. A record that the broker refuses
// does not hold up the others; it stays in the table.
func (r *Relay) publishRows(ctx context.Context, rows []row) (sent []id.ID, kept []row, err error) {
	bundles := make([][]contract.Record, len(rows))
	var all []contract.Record
	for i := range rows {
		if bundles[i], err = unbundle(rows[i]); err != nil {
			r.refused(rows[i], err)
		}
		all = append(all, bundles[i]...)
	}
	together := r.publish(ctx, all...)
	for i, records := range bundles {
		var refused []contract.Record
		if together != nil {
			if refused, err = r.publishAlone(ctx, together, records); err != nil {
				r.metrics.failures.Inc()
				return nil, nil, err
			}
		}
		switch published := len(records) - len(refused); {
		case published == 0: // the row stays as it is
		case len(refused) == 0:
			sent = append(sent, rows[i].ID)
		default:
			kept = append(kept, row{ID: rows[i].ID, Body: pack(refused)})
		}
		r.metrics.published.Add(float64(len(records) - len(refused)))
	}
	return sent, kept, nil
}

// publishAlone publishes records one by one, for together they failed, and
// returns those that are refused.
func (r *Relay) publishAlone(ctx context.Context, failure error, records []contract.Record) (refused []contract.Record, err error) {
	if away(ctx, failure) {
		return nil, failure
	}
	for _, record := range records {
		alone := r.publish(ctx, record)
		switch {
		case alone == nil:
		case away(ctx, alone):
			return nil, alone
		default:
			r.refused(record, alone)
			refused = append(refused, record)
		}
	}
	return refused, nil
}

func (r *Relay) refused(record contract.Record, err error) {
	r.metrics.failures.Inc()
	r.log.Error("A record is refused and stays in the outbox.", "topic", record.Topic, "message_id", record.ID, "error", err)
}

// away reports whether a failure to publish heals by itself.
func away(ctx context.Context, err error) bool {
	return ctx.Err() != nil || fault.KindOf(err) == fault.Unavailable
}

// everything is above every id.
var everything = id.ID{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

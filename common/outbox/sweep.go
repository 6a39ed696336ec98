package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/jmoiron/sqlx"

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
func (r *Relay) claim(ctx context.Context, last, limit id.ID) (rows []contract.Record, err error) {
	err = database.InTx(ctx, r.db, func(tx *sqlx.Tx) error {
		rows = rows[:0]
		err := tx.SelectContext(ctx, &rows, `
			SELECT message_id AS id, topic, message_key AS `+"`key`"+`, message_type AS type, body, traceparent
			FROM   outbox
			WHERE  message_id > ? AND message_id < ?
			ORDER  BY message_id
			LIMIT  ?
			FOR UPDATE SKIP LOCKED`, last[:], limit[:], pollLimit)
		if err != nil || len(rows) == 0 {
			return err
		}
		sent, err := r.publishRows(ctx, rows)
		if err != nil {
			return err
		}
		faultpoint.Reach(faultpoint.SweepDelete)
		return remove(ctx, tx, sent)
	})
	if err != nil {
		return nil, fmt.Errorf("relay the outbox: %w", err)
	}
	return rows, nil
}

// publishRows returns the ids of what is published. A record that the broker
// refuses does not hold up the others; it stays in the table.
func (r *Relay) publishRows(ctx context.Context, rows []contract.Record) ([]id.ID, error) {
	sent := make([]id.ID, 0, len(rows))
	err := r.publish(ctx, rows...)
	for i := range rows {
		var alone error
		if err != nil {
			if away(ctx, err) {
				r.metrics.failures.Inc()
				return nil, err
			}
			alone = r.publish(ctx, rows[i])
		}
		switch {
		case alone == nil:
			sent = append(sent, rows[i].ID)
		case away(ctx, alone):
			return nil, alone
		default:
			r.metrics.failures.Inc()
			r.log.Error("A record is refused and stays in the outbox.", "topic", rows[i].Topic, "message_id", rows[i].ID, "error", alone)
		}
	}
	r.metrics.published.Add(float64(len(sent)))
	return sent, nil
}

// away reports whether a failure to publish heals by itself.
func away(ctx context.Context, err error) bool {
	return ctx.Err() != nil || fault.KindOf(err) == fault.Unavailable
}

// everything is above every id.
var everything = id.ID{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

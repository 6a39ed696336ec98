package repository

import (
	"context"
	"fmt"
	"time"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
)

// Forget takes names, addresses and notes out of the orders of erased clients,
// and remembers whose. Orders, lines, totals and steps stay. It may be repeated.
func (r *Orders) Forget(ctx context.Context, clients []id.ID, now time.Time) error {
	return database.InTx(ctx, r.db, func(tx *database.Tx) error {
		for _, client := range clients {
			_, err := tx.ExecContext(ctx, `
				INSERT INTO forgotten_clients (client_id, forgotten_at) VALUES (?, ?)
				ON DUPLICATE KEY UPDATE client_id = VALUES(client_id)`, client, now)
			if err != nil {
				return fmt.Errorf("remember erased client %s: %w", client, err)
			}
			if err := forget(ctx, tx, client); err != nil {
				return err
			}
		}
		return nil
	})
}

// ForgetAgain is Forget for all who were erased since a moment: an access token
// outlives its account by some minutes and may have brought new orders.
func (r *Orders) ForgetAgain(ctx context.Context, since time.Time) error {
	var clients []id.ID
	err := r.db.SelectContext(ctx, &clients, `SELECT client_id FROM forgotten_clients WHERE forgotten_at >= ?`, since)
	if err != nil {
		return database.Wrap(fmt.Errorf("look for erased clients: %w", err))
	}
	for _, client := range clients {
		err := database.InTx(ctx, r.db, func(tx *database.Tx) error { return forget(ctx, tx, client) })
		if err != nil {
			return err
		}
	}
	return nil
}

func forget(ctx context.Context, tx *database.Tx, client id.ID) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE orders
		SET    client_name = NULL, address = NULL
		WHERE  client_id = ? AND (client_name IS NOT NULL OR address IS NOT NULL)`, client)
	if err != nil {
		return fmt.Errorf("forget client %s: %w", client, err)
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE order_history
		SET    note = NULL
		WHERE  note IS NOT NULL AND order_id IN (SELECT order_id FROM orders WHERE client_id = ?)`, client)
	if err != nil {
		return fmt.Errorf("forget notes about client %s: %w", client, err)
	}
	return nil
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
)

// An order leaves about this many bytes in order_db.
const (
	rowBytes = 400
	rowBatch = 500
)

// yardstick measures durable inserts of 500 rows of an order's size into the
// same database: what this machine's disk and processor are worth today, in rows
// a second. 0 where the database is not known.
func (b *bench) yardstick(ctx context.Context, length time.Duration) (float64, error) {
	dsn := b.target.facts.Databases["order-service"]
	if dsn == "" {
		return 0, nil
	}
	db, err := database.Open(ctx, database.Config{DSN: config.Secret(dsn), Connections: 2, Patience: time.Second}, slog.Default())
	if err != nil {
		return 0, err
	}
	defer db.Close() //nolint:errcheck // nothing is lost
	const table = "CREATE TABLE bench_yardstick (id BINARY(16) NOT NULL PRIMARY KEY, filler VARBINARY(1000) NOT NULL) ENGINE=InnoDB"
	if _, err := db.ExecContext(ctx, table); err != nil {
		return 0, fmt.Errorf("make the yardstick: %w", err)
	}
	defer db.ExecContext(context.WithoutCancel(ctx), "DROP TABLE bench_yardstick") //nolint:errcheck // a bench's own
	filler := bytes.Repeat([]byte{'x'}, rowBytes)
	statement := "INSERT INTO bench_yardstick (id, filler) VALUES " + database.Values(rowBatch, 2)
	rows, began := 0, time.Now()
	for time.Since(began) < length {
		args := make([]any, 0, 2*rowBatch)
		for range rowBatch {
			rowID, err := id.New()
			if err != nil {
				return 0, err
			}
			args = append(args, rowID, filler)
		}
		if _, err := db.ExecContext(ctx, statement, args...); err != nil {
			return 0, fmt.Errorf("hold the yardstick: %w", err)
		}
		rows += rowBatch
	}
	return float64(rows) / time.Since(began).Seconds(), nil
}

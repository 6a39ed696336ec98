// Package outbox gets messages out exactly when their transaction commits: they
// are rows beside the data they tell of, and a relay publishes them afterwards,
// at least once. No message is lost with a process, a broker or a connection.
package outbox

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

// Schema is the table that a service's migrations create. The key is the
// message's id, which begins with the time it was made; so rows lie in the order
// of their age and nothing else needs an index.
const Schema = `CREATE TABLE outbox (
    message_id   BINARY(16)   NOT NULL PRIMARY KEY,
    topic        VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    message_key  BINARY(16)   NOT NULL,
    message_type VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    body         MEDIUMBLOB   NOT NULL,
    traceparent  VARCHAR(55)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`

// statementBytes bounds one INSERT: MariaDB takes packets of at most 16 MiB.
const statementBytes = 4 << 20

const (
	columns     = "message_id, topic, message_key, message_type, body, traceparent"
	columnCount = 6
)

// Add stores records with the transaction: they go out if it commits and never
// existed if it does not. After the commit give them to [Relay.Offer], so that
// they go out at once.
func Add(ctx context.Context, tx *sqlx.Tx, records ...contract.Record) error {
	for len(records) > 0 {
		n := fitting(records)
		args := make([]any, 0, columnCount*n)
		for i := range records[:n] {
			r := &records[i]
			args = append(args, r.ID[:], r.Topic, r.Key[:], r.Type, r.Body, r.Traceparent)
		}
		query := "INSERT INTO outbox (" + columns + ") VALUES " + database.Values(n, columnCount)
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("add %d records to the outbox: %w", n, err)
		}
		records = records[n:]
	}
	return nil
}

// fitting returns how many of the first records go into one statement: at least
// one, and fewer than there may be placeholders.
func fitting(records []contract.Record) int {
	size := 0
	for i := range records[:min(len(records), 1000)] {
		size += len(records[i].Body)
		if size > statementBytes && i > 0 {
			return i
		}
	}
	return min(len(records), 1000)
}

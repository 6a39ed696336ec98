// Package outbox keeps messages in the database until the broker has them, so
// that a change and its messages are saved together or not at all. Add puts
// messages into a transaction; a Relay publishes them after its commit.
//
// Delivery is at least once: after a crash between publishing and deleting, a
// message goes out again.
package outbox

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

// Schema is the table, for the services' migrations. A message's id tells when
// it was added, so the primary key is all the order that is needed.
const Schema = `CREATE TABLE outbox (
    message_id   BINARY(16)   NOT NULL PRIMARY KEY,
    topic        VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    message_key  BINARY(16)   NOT NULL,
    message_type VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    body         MEDIUMBLOB   NOT NULL,
    traceparent  VARCHAR(55)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`

const columns = "message_id, topic, message_key, message_type, body, traceparent"

// Add puts records into tx. They are published only if tx commits; hand them to
// Relay.Offer then, so that they need not wait for the relay's next look.
func Add(ctx context.Context, tx *sqlx.Tx, records ...contract.Record) error {
	const width = 6
	return database.Chunks(len(records), width, func(from, to int) error {
		args := make([]any, 0, width*(to-from))
		for _, r := range records[from:to] {
			args = append(args, r.ID, r.Topic, r.Key, r.Type, r.Body, r.Traceparent)
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO outbox ("+columns+") VALUES "+database.Values(to-from, width), args...)
		if err != nil {
			return fmt.Errorf("add %d messages to the outbox: %w", to-from, err)
		}
		return nil
	})
}

// row is a row of the table.
type row struct {
	ID          id.ID  `db:"message_id"`
	Topic       string `db:"topic"`
	Key         id.ID  `db:"message_key"`
	Type        string `db:"message_type"`
	Body        []byte `db:"body"`
	Traceparent string `db:"traceparent"`
}

func (r row) record() contract.Record {
	return contract.Record{ID: r.ID, Topic: r.Topic, Key: r.Key, Type: r.Type, Body: r.Body, Traceparent: r.Traceparent}
}

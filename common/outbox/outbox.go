// Package outbox gets messages out exactly when their transaction commits: they
// are rows beside the data they tell of, and a relay publishes them afterwards,
// at least once. No message is lost with a process, a broker or a connection.
package outbox

import (
	"context"
	"fmt"

	"github.com/oms-fleet/oms/common/database"

	"github.com/oms-fleet/oms/common/kafka/contract"
)

// Schema is the table that a service's migrations create. The key is the id of
// the row's first record, which begins with the time it was made; so rows lie in
// the order of their age and nothing else needs an index. A row whose
// message_type is bundleType holds several records in its body, and says nothing
// in the other columns.
const Schema = `CREATE TABLE outbox (
    message_id   BINARY(16)   NOT NULL PRIMARY KEY,
    topic        VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    message_key  BINARY(16)   NOT NULL,
    message_type VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    body         MEDIUMBLOB   NOT NULL,
    traceparent  VARCHAR(55)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`

// A row holds at most so much, but for a single larger record: MariaDB takes
// packets of at most 16 MiB.
const (
	rowBytes   = 1 << 20
	rowRecords = 5000
)

// row is what the table keeps: one record as it is, or a bundle of all that a
// transaction says. A row a record cost a quarter of the database's time when
// orders are placed and settled in batches (measured), for each has to be
// written, deleted and purged.
type row = contract.Record

// Add stores records with the transaction: they go out if it commits and never
// existed if it does not. After the commit give the same records to one
// [Relay.Offer], so that they go out at once.
func Add(ctx context.Context, tx *database.Tx, records ...contract.Record) error {
	for _, some := range split(records) {
		r := bundle(some)
		err := tx.ExecLater(ctx, `
			INSERT INTO outbox (message_id, topic, message_key, message_type, body, traceparent)
			VALUES (?,?,?,?,?,?)`, r.ID[:], r.Topic, r.Key[:], r.Type, r.Body, r.Traceparent)
		if err != nil {
			return fmt.Errorf("add %d records to the outbox: %w", len(some), err)
		}
	}
	return nil
}

// split divides records among rows.
func split(records []contract.Record) (rows [][]contract.Record) {
	from, size := 0, 0
	for i := range records {
		size += len(records[i].Body)
		if i > from && (size > rowBytes || i-from == rowRecords) {
			rows = append(rows, records[from:i])
			from, size = i, len(records[i].Body)
		}
	}
	if from < len(records) {
		rows = append(rows, records[from:])
	}
	return rows
}

// Waiting returns the records that have not gone out, in the order of their rows.
func Waiting(ctx context.Context, db database.Queryer) (records []contract.Record, err error) {
	rows, err := read(ctx, db, "ORDER BY message_id")
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		some, err := unbundle(r)
		if err != nil {
			return nil, err
		}
		records = append(records, some...)
	}
	return records, nil
}

// read selects rows; rest is what follows FROM.
func read(ctx context.Context, q database.Queryer, rest string, args ...any) (rows []row, err error) {
	err = q.SelectContext(ctx, &rows, `
		SELECT message_id AS id, topic, message_key AS `+"`key`"+`, message_type AS type, body, traceparent
		FROM   outbox `+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	return rows, nil
}

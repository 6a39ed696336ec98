package outbox

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

// bundleType marks a row that holds several records.
const bundleType = "outbox.bundle"

var errDamaged = errors.New("the bundle is damaged")

// bundle makes one row of records.
func bundle(records []contract.Record) row {
	if len(records) == 1 {
		return records[0]
	}
	return row{ID: records[0].ID, Type: bundleType, Body: pack(records)}
}

// unbundle returns the records of a row.
func unbundle(r row) ([]contract.Record, error) {
	if r.Type != bundleType {
		return []contract.Record{r}, nil
	}
	records, err := unpack(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read outbox row %s: %w", r.ID, err)
	}
	return records, nil
}

// pack writes records one after the other: their ids as they are, each text
// behind its length as a varint.
func pack(records []contract.Record) []byte {
	size := 0
	for i := range records {
		r := &records[i]
		size += len(r.ID) + len(r.Key) + len(r.Topic) + len(r.Type) + len(r.Traceparent) + len(r.Body) + 4*binary.MaxVarintLen16
	}
	packed := make([]byte, 0, size)
	for i := range records {
		r := &records[i]
		packed = append(append(packed, r.ID[:]...), r.Key[:]...)
		for _, text := range []string{r.Topic, r.Type, r.Traceparent} {
			packed = append(binary.AppendUvarint(packed, uint64(len(text))), text...)
		}
		packed = append(binary.AppendUvarint(packed, uint64(len(r.Body))), r.Body...)
	}
	return packed
}

// unpack reads what pack wrote. Bodies share its memory.
func unpack(packed []byte) (records []contract.Record, err error) {
	u := unpacker{left: packed}
	for len(u.left) > 0 && !u.damaged {
		records = append(records, contract.Record{
			ID: u.id(), Key: u.id(), Topic: string(u.text()), Type: string(u.text()), Traceparent: string(u.text()), Body: u.text(),
		})
	}
	if u.damaged {
		return nil, errDamaged
	}
	return records, nil
}

// unpacker takes one thing after the other from left.
type unpacker struct {
	left    []byte
	damaged bool // left ended too early
}

func (u *unpacker) take(n uint64) []byte {
	if n > uint64(len(u.left)) {
		u.damaged, n = true, 0
	}
	taken := u.left[:n:n]
	u.left = u.left[n:]
	return taken
}

func (u *unpacker) id() (taken id.ID) {
	copy(taken[:], u.take(uint64(len(taken))))
	return taken
}

func (u *unpacker) text() []byte {
	n, size := binary.Uvarint(u.left)
	if size <= 0 {
		u.damaged = true
		return nil
	}
	u.left = u.left[size:]
	return u.take(n)
}

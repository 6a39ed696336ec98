package broker

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/common/kafka/contract"
)

// The headers that a dead letter has besides those of the original.
const (
	headerTopic     = "dlq-topic"
	headerPartition = "dlq-partition"
	headerOffset    = "dlq-offset"
	headerError     = "dlq-error"
	headerAttempts  = "dlq-attempts"
	headerTime      = "dlq-time" // RFC 3339 in UTC, to the millisecond
)

// buryDead sends the buried messages of a batch to the dead letters and returns
// when they are acknowledged: only then may the batch be committed. While the
// broker is away, or refuses, it goes on trying; it fails only with errEnded.
func (w *worker) buryDead(batch []*Message) error {
	var letters []kafka.Message
	for _, m := range batch {
		if m.fault == nil {
			continue
		}
		letters = append(letters, deadLetter(m))
		w.log.Error("A message went to the dead letters.", "partition", m.Partition, "offset", m.Offset,
			"message_id", m.ID, "message_type", m.Type, "attempts", m.attempts, "error", m.fault)
	}
	if len(letters) == 0 {
		return nil
	}
	err := w.untilBack(func() (struct{}, error) {
		if w.ends.Err() != nil {
			return struct{}{}, backoff.Permanent(errEnded)
		}
		return struct{}{}, w.sendDead(letters)
	})
	if err == nil {
		w.metrics.deadLetters.Add(float64(len(letters)))
	}
	return err
}

// sendDead sends letters, request by request, so that one that is refused does not
// have the others sent again.
func (w *worker) sendDead(letters []kafka.Message) error {
	for len(letters) > 0 {
		n := fitting(letters)
		if err := w.sendTogether(letters[:n]); err != nil {
			return err
		}
		letters = letters[n:]
	}
	return nil
}

// sendTogether sends the letters of a request. Where their topic takes none of that
// size (EnsureTopics allows 16 MiB) it leaves out the largest body, and so on: what
// was wrong and where the original lies matters more, and the partition has to go on.
func (w *worker) sendTogether(letters []kafka.Message) error {
	for {
		err := w.cfg.DeadLetters.send(w.ctx, letters)
		if !errors.Is(err, kafka.MessageSizeTooLarge) {
			return err
		}
		largest := 0
		for i := range letters {
			if len(letters[i].Value) > len(letters[largest].Value) {
				largest = i
			}
		}
		if len(letters[largest].Value) == 0 {
			return err
		}
		w.log.Error("A dead letter is too large for its topic and goes without its body.", "bytes", len(letters[largest].Value))
		letters[largest].Value = nil
	}
}

// deadLetter keeps key, bytes and headers of m and says what happened to it.
func deadLetter(m *Message) kafka.Message {
	headers := slices.DeleteFunc(slices.Clone(m.headers), func(h kafka.Header) bool {
		return strings.HasPrefix(h.Key, "dlq-") // it was a dead letter before
	})
	for _, h := range [][2]string{
		{headerTopic, m.Topic},
		{headerPartition, strconv.Itoa(m.Partition)},
		{headerOffset, strconv.FormatInt(m.Offset, 10)},
		{headerError, shortened(m.fault)},
		{headerAttempts, strconv.Itoa(m.attempts)},
		{headerTime, time.Now().UTC().Format("2006-01-02T15:04:05.000Z")},
	} {
		headers = append(headers, kafka.Header{Key: h[0], Value: []byte(h[1])})
	}
	if m.Traceparent == "" {
		headers = append(headers, traced(""))
	}
	value := m.Value
	if value == nil { // kafka-go reads an empty body and none alike; sent back it shall be empty
		value = []byte{}
	}
	return kafka.Message{Topic: m.Topic + contract.DeadLetterSuffix, Key: m.Key, Value: value, Headers: headers}
}

// shortened returns an error's text, for it may quote the whole message.
func shortened(err error) string {
	text := err.Error()
	return strings.ToValidUTF8(text[:min(len(text), 1000)], "")
}

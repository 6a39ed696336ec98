package topics_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/common/freeport"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/fleet/internal/kafka"
	"github.com/oms-fleet/oms/fleet/internal/topics"
)

// open runs a broker with the commands' topics until the test ends.
func open(t *testing.T) topics.Topics {
	t.Helper()
	where, err := freeport.Address()
	if err != nil {
		t.Fatal(err)
	}
	server, err := kafka.Embed(where, t.TempDir(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	conn, err := kafkago.Dial("tcp", where)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, topic := range topics.Commands() {
		if err := conn.CreateTopics(kafkago.TopicConfig{Topic: topic, NumPartitions: 3, ReplicationFactor: 1}); err != nil {
			t.Fatal(err)
		}
	}
	return topics.Topics{Broker: where}
}

// requests are messages under two keys for each number; some have a megabyte.
func requests(from, to int) (messages []kafkago.Message) {
	for i := from; i < to; i++ {
		for _, key := range []string{"a", "b"} {
			text := fmt.Sprintf("%s%d", key, i)
			if i%100 == 0 {
				text += strings.Repeat(" long", 200_000)
			}
			messages = append(messages, kafkago.Message{Topic: contract.ValidationRequests, Key: fmt.Appendf(nil, "%s%d", key, i%7), Value: []byte(text)})
		}
	}
	return messages
}

func TestReadFindsEverythingInTheOrderOfEachKey(t *testing.T) {
	t.Parallel()
	b := open(t)
	sent := map[string][]string{}
	for _, batch := range [][]kafkago.Message{requests(0, 350), requests(350, 351), requests(351, 700)} {
		if err := b.Publish(t.Context(), batch...); err != nil {
			t.Fatal(err)
		}
		for _, m := range batch {
			sent[string(m.Key)] = append(sent[string(m.Key)], string(m.Value))
		}
	}
	found, err := b.Read(t.Context(), contract.ValidationRequests)
	if err != nil || len(found) != 1400 {
		t.Fatalf("%d messages are read, %v, want 1400", len(found), err)
	}
	for i, m := range found {
		key := string(m.Key)
		if len(sent[key]) == 0 || sent[key][0] != string(m.Value) {
			t.Fatalf("message %d of key %s is %.20q, want the next that was sent", i, key, m.Value)
		}
		sent[key] = sent[key][1:]
	}
	if found, err := b.Read(t.Context(), contract.ReservationCloses); err != nil || len(found) > 0 {
		t.Errorf("an empty topic holds %d messages, %v", len(found), err)
	}
}

func TestReplayOfNothingIsAnError(t *testing.T) {
	t.Parallel()
	b := open(t)
	if err := b.Publish(t.Context(), requests(1, 2)...); err != nil {
		t.Fatal(err)
	}
	if err := b.Replay(t.Context(), "another key"); err == nil {
		t.Error("a replay that published nothing went well")
	}
	if err := b.Replay(t.Context(), "a1"); err != nil {
		t.Error(err)
	}
	if found, err := b.Read(t.Context(), contract.ValidationRequests); err != nil || len(found) != 3 {
		t.Errorf("after the replay of one of two messages there are %d, %v, want 3", len(found), err)
	}
}

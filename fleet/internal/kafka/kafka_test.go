package kafka_test

import (
	"context"
	"io"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/common/freeport"
	"github.com/oms-fleet/oms/fleet/internal/kafka"
)

// start runs a broker until the test ends or it is stopped.
func start(t *testing.T, where, folder string) *kafka.Server {
	t.Helper()
	server, err := kafka.Embed(where, folder, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	return server
}

func free(t *testing.T) string {
	t.Helper()
	where, err := freeport.Address()
	if err != nil {
		t.Fatal(err)
	}
	return where
}

func create(t *testing.T, where, topic string) {
	t.Helper()
	conn, err := kafkago.Dial("tcp", where)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.CreateTopics(kafkago.TopicConfig{Topic: topic, NumPartitions: 1, ReplicationFactor: 1}); err != nil {
		t.Fatal(err)
	}
}

func TestMessagesOutliveARestart(t *testing.T) {
	t.Parallel()
	where, folder := free(t), t.TempDir()
	first := start(t, where, folder)
	create(t, where, "lamps")
	writer := &kafkago.Writer{Addr: kafkago.TCP(where), Topic: "lamps", RequiredAcks: kafkago.RequireAll, BatchTimeout: time.Millisecond}
	if err := writer.WriteMessages(t.Context(), kafkago.Message{Value: []byte("on")}); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	first.Stop()

	start(t, where, folder)
	reader := kafkago.NewReader(kafkago.ReaderConfig{Brokers: []string{where}, Topic: "lamps", MaxWait: 3 * time.Second})
	defer reader.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if got, err := reader.ReadMessage(ctx); err != nil || string(got.Value) != "on" {
		t.Errorf("message after a restart = %q, %v, want on", got.Value, err)
	}
}

func TestTopicsDoNotAppearByAMereMention(t *testing.T) {
	t.Parallel()
	where := free(t)
	start(t, where, t.TempDir())
	writer := &kafkago.Writer{Addr: kafkago.TCP(where), Topic: "ghosts", AllowAutoTopicCreation: true, MaxAttempts: 1}
	defer writer.Close()
	if err := writer.WriteMessages(t.Context(), kafkago.Message{Value: []byte("boo")}); err == nil {
		t.Error("writing to a topic that is not there went well")
	}
}

func TestGroupMayAskForASessionOfThreeSeconds(t *testing.T) {
	t.Parallel()
	where := free(t)
	start(t, where, t.TempDir())
	create(t, where, "lamps")
	group, err := kafkago.NewConsumerGroup(kafkago.ConsumerGroupConfig{
		ID: "desk", Brokers: []string{where}, Topics: []string{"lamps"},
		SessionTimeout: 3 * time.Second, HeartbeatInterval: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer group.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := group.Next(ctx); err != nil {
		t.Errorf("joining with a session of 3 s = %v", err)
	}
}

func TestTakenAddressIsAnError(t *testing.T) {
	t.Parallel()
	where := free(t)
	start(t, where, t.TempDir())
	if _, err := kafka.Embed(where, t.TempDir(), io.Discard); err == nil {
		t.Error("a second broker at the same address gave no error")
	}
}

func TestGivenBrokersAreLeftAlone(t *testing.T) {
	t.Parallel()
	where := free(t)
	start(t, where, t.TempDir())
	given := kafka.Given(where + ",127.0.0.1:1")
	given.Stop()
	if given.First() != where || given.Brokers() != where+",127.0.0.1:1" {
		t.Errorf("given brokers = %s, first %s", given.Brokers(), given.First())
	}
	create(t, where, "lamps")
}

package broker

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/telemetry"
)

// Publisher sends records. It is safe for any number of goroutines.
type Publisher struct {
	cluster *cluster
	metrics publisherMetrics
}

// PublisherOption changes a publisher as it is made.
type PublisherOption func(*Publisher)

// WithMetrics counts what is published and what fails in registry.
func WithMetrics(registry prometheus.Registerer) PublisherOption {
	return func(p *Publisher) { p.metrics = newPublisherMetrics(registry) }
}

// NewPublisher returns a publisher for the cluster that any of brokers
// (host:port) belongs to. It connects with the first record.
func NewPublisher(brokers []string, options ...PublisherOption) *Publisher {
	p := &Publisher{cluster: newCluster(brokers), metrics: newPublisherMetrics(nil)}
	for _, option := range options {
		option(p)
	}
	return p
}

// Publish sends records and returns nil only when every one is acknowledged by
// all in-sync replicas. Records of one key go to one partition, the one that
// Java's producer would choose. On failure some records may be published all
// the same, and publishing them again may repeat them: consumers are idempotent.
//
// A failure of kind fault.Unavailable heals by itself (broker away, topic not
// there yet, ctx ended); any other means that the broker refuses a record.
//
// A call never waits for others to share a request with: callers batch by
// calling with many records.
func (p *Publisher) Publish(ctx context.Context, records ...contract.Record) error {
	messages := make([]kafka.Message, len(records))
	for i, record := range records {
		messages[i] = messageOf(record)
	}
	return p.send(ctx, messages)
}

// Close drops the connections. Call it when nothing publishes any more.
func (p *Publisher) Close() error {
	p.cluster.close()
	return nil
}

// The headers of our records. Those of dead letters are in deadletter.go.
const (
	headerContentType = "content-type"
	headerMessageType = "message-type"
	headerMessageID   = "message-id"
	headerTraceparent = "traceparent"
)

// traced is the header of a trace: a new one where there is none to continue.
func traced(traceparent string) kafka.Header {
	if traceparent == "" {
		traceparent = telemetry.NewTraceparent()
	}
	return kafka.Header{Key: headerTraceparent, Value: []byte(traceparent)}
}

func messageOf(record contract.Record) kafka.Message {
	headers := append(make([]kafka.Header, 0, 4),
		kafka.Header{Key: headerContentType, Value: []byte("application/json")},
		kafka.Header{Key: headerMessageType, Value: []byte(record.Type)},
		kafka.Header{Key: headerMessageID, Value: []byte(record.ID.String())})
	headers = append(headers, traced(record.Traceparent))
	m := kafka.Message{Topic: record.Topic, Value: record.Body, Headers: headers}
	if !record.Key.IsZero() { // without a key any partition will do
		m.Key = []byte(record.Key.String())
	}
	return m
}

package broker_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

// body is as long as a validation request of three products.
var body = `{"orderId":"` + strings.Repeat("0199a2c0-7b1e-7c3d-8f00-0000deadbeef", 12) + `"}`

func BenchmarkPublish(b *testing.B) {
	for _, n := range []int{1, 50, 500} {
		b.Run(fmt.Sprintf("%d records", n), func(b *testing.B) {
			s := open(b)
			records := make([]contract.Record, n)
			for i := range records {
				records[i] = s.record(b, body)
			}
			for b.Loop() {
				if err := s.publisher.Publish(b.Context(), records...); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// From Publish to the handler, one message at a time: what a hop costs when
// nothing else is going on.
func BenchmarkHop(b *testing.B) {
	s := open(b)
	got := make(chan struct{})
	run(b, s.listener(func(context.Context, []*broker.Message) error {
		got <- struct{}{}
		return nil
	}))
	s.publish(b, body)
	<-got
	for b.Loop() {
		s.publish(b, body)
		<-got
	}
}

func BenchmarkListener(b *testing.B) {
	s := open(b)
	var handled, batches atomic.Int64
	for sent := 0; sent < b.N; sent += 500 {
		s.publish(b, repeated(500)...)
	}
	b.ResetTimer()
	run(b, s.listener(func(_ context.Context, batch []*broker.Message) error {
		handled.Add(int64(len(batch)))
		batches.Add(1)
		return nil
	}))
	eventually(b, "all are handled", func() bool { return handled.Load() >= int64(b.N) })
	b.ReportMetric(float64(handled.Load())/b.Elapsed().Seconds(), "messages/s")
	b.ReportMetric(float64(handled.Load())/float64(batches.Load()), "messages/batch")
}

func repeated(n int) []string {
	bodies := make([]string, n)
	for i := range bodies {
		bodies[i] = body
	}
	return bodies
}

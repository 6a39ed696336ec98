package batch_test

import (
	"context"
	"sync"
	"testing"

	"github.com/oms-fleet/oms/common/batch"
)

func echo(_ context.Context, items []int) ([]int, error) { return items, nil }

func BenchmarkDoIdle(b *testing.B) {
	batcher := batch.New(500, 1, echo)
	for b.Loop() {
		if _, err := batcher.Do(b.Context(), 1); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDoUnderLoad(b *testing.B) {
	batcher := batch.New(500, 2, echo)
	b.SetParallelism(256)
	var once sync.Once
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := batcher.Do(b.Context(), 1); err != nil {
				once.Do(func() { b.Error(err) })
			}
		}
	})
}

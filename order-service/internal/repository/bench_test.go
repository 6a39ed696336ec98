package repository_test

import (
	"testing"

	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// benchBatch is as many orders as a run takes.
const benchBatch = 500

// BenchmarkCreate places orders of three lines that arrive together, every one
// under an idempotency key of its own.
func BenchmarkCreate(b *testing.B) {
	store, _ := open(b)
	for b.Loop() {
		b.StopTimer()
		orders := placeMany(b)
		b.StartTimer()
		createAll(b, store, orders)
	}
	report(b)
}

// BenchmarkSettle confirms such orders, a batch a transaction.
func BenchmarkSettle(b *testing.B) {
	store, _ := open(b)
	for b.Loop() {
		b.StopTimer()
		orders := placeMany(b)
		createAll(b, store, orders)
		b.StartTimer()
		changeAll(b, store, orders, confirm)
	}
	report(b)
}

// BenchmarkCancel cancels orders that are confirmed, a batch a transaction.
func BenchmarkCancel(b *testing.B) {
	store, _ := open(b)
	for b.Loop() {
		b.StopTimer()
		orders := placeMany(b)
		createAll(b, store, orders)
		changeAll(b, store, orders, confirm)
		b.StartTimer()
		changeAll(b, store, orders, cancel)
	}
	report(b)
}

func report(b *testing.B) {
	b.ReportMetric(float64(b.N)*benchBatch/b.Elapsed().Seconds(), "orders/s")
}

func placeMany(b *testing.B) []*entity.Order {
	b.Helper()
	orders := make([]*entity.Order, benchBatch)
	for i := range orders {
		orders[i] = place(b, 3)
	}
	return orders
}

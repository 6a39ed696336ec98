package repository_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// BenchmarkReserve reserves for batches of orders of two products each out of a
// thousand; for batches that all want the same one; for orders that each bring a
// quote; and for orders that were placed before the present price began.
func BenchmarkReserve(b *testing.B) {
	asTheyCome := func(*testing.B, *warehouse, []entity.Request) {}
	for _, size := range []int{1, 50, 500} {
		b.Run(fmt.Sprintf("spread/%d", size), func(b *testing.B) { benchmarkReserve(b, 1000, size, asTheyCome) })
	}
	b.Run("hot/500", func(b *testing.B) { benchmarkReserve(b, 1, 500, asTheyCome) })
	b.Run("quoted/500", func(b *testing.B) {
		benchmarkReserve(b, 1000, 500, func(b *testing.B, w *warehouse, requests []entity.Request) {
			for i := range requests {
				requests[i].QuoteID = w.quoteAll(b, requests[i].ClientID, requests[i].Wants).ID
			}
		})
	})
	b.Run("repriced/500", func(b *testing.B) {
		benchmarkReserve(b, 1000, 500, func(b *testing.B, w *warehouse, requests []entity.Request) {
			for i := range requests {
				requests[i].PlacedAt = noon.Add(-time.Hour)
			}
		})
	})
}

func benchmarkReserve(b *testing.B, products, size int, prepare func(*testing.B, *warehouse, []entity.Request)) {
	w, ids := benchWarehouse(b, products)
	b.ResetTimer()
	for b.Loop() {
		b.StopTimer()
		requests := benchOrders(b, ids, size)
		prepare(b, w, requests)
		b.StartTimer()
		w.reserve(b, requests...)
	}
	report(b, size)
}

// BenchmarkClose releases and ships batches of such orders.
func BenchmarkClose(b *testing.B) {
	const size = 500
	w, ids := benchWarehouse(b, 1000)
	b.ResetTimer()
	for b.Loop() {
		b.StopTimer()
		requests := benchOrders(b, ids, size)
		w.reserve(b, requests...)
		closes := make([]entity.Close, size)
		for i, request := range requests {
			closes[i] = entity.Close{OrderID: request.OrderID, Outcome: []entity.State{entity.Released, entity.Shipped}[i%2]}
		}
		b.StartTimer()
		w.close(b, closes...)
	}
	report(b, size)
}

func benchWarehouse(b *testing.B, products int) (*warehouse, []id.ID) {
	b.Helper()
	w := open(b)
	units := make([]int, products)
	for i := range units {
		units[i] = entity.MaxStock
	}
	return w, w.stock(b, units...)
}

func benchOrders(b *testing.B, ids []id.ID, size int) []entity.Request {
	b.Helper()
	requests := make([]entity.Request, size)
	for i := range requests {
		wants := make([]entity.Want, min(2, len(ids)))
		for j, place := range rand.Perm(len(ids))[:len(wants)] { // #nosec G404
			wants[j] = entity.Want{ProductID: ids[place], Units: 1 + rand.IntN(3)} // #nosec G404
		}
		requests[i] = order(b, wants...)
	}
	return requests
}

func report(b *testing.B, size int) {
	b.Helper()
	b.ReportMetric(float64(size*b.N)/b.Elapsed().Seconds(), "orders/s")
}

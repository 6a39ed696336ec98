package repository_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// BenchmarkSearch finds places among a hundred thousand products of which each has
// a name of two common words, a rare one and one that all have.
func BenchmarkSearch(b *testing.B) {
	w := open(b)
	b.Logf("%.0f products/s created", w.fill(b, 100_000))
	sorts := []string{entity.SortCreatedAt, entity.SortName, entity.SortPrice, entity.SortQuantity}
	for _, text := range []string{"", "thing", "lamp", "red lamp", "r l thing", "lamp desk", "r01234", "r01", "thing r01", "nothing"} {
		for _, sort := range sorts {
			b.Run(fmt.Sprintf("%q/%s", text, sort), func(b *testing.B) {
				search := entity.Search{Text: text, Status: entity.Active, Page: page.Query{Limit: 20, By: sort}}
				for b.Loop() {
					if _, err := w.products.FindPlaces(b.Context(), search); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// fill adds products and returns how many a second.
func (w *warehouse) fill(b testing.TB, n int) float64 {
	b.Helper()
	colours := []string{"red", "green", "blue", "white", "black", "grey", "yellow", "brown", "pink", "golden"}
	things := []string{"lamp", "desk", "chair", "mug", "plate", "rug", "shelf", "clock", "vase", "bowl", "pan", "knife", "bag", "pen", "book", "board", "box", "towel", "mirror", "bench"}
	random := rand.New(rand.NewPCG(1, 1)) // #nosec G404
	start := time.Now()
	for done := 0; done < n; done += 1000 {
		products := make([]*entity.Product, 1000)
		for i := range products {
			products[i] = product(b, entity.Draft{
				Name:        fmt.Sprintf("%s %s thing r%05d", colours[random.IntN(10)], things[random.IntN(20)], random.IntN(50_000)),
				Description: fmt.Sprintf("r%05d r%05d r%05d r%05d", random.IntN(50_000), random.IntN(50_000), random.IntN(50_000), random.IntN(50_000)),
				Price:       money.Amount(random.IntN(100_000)), Quantity: random.IntN(100),
			})
		}
		if err := w.products.Create(b.Context(), products...); err != nil {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(start).Seconds()
}

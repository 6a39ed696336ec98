package main

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
)

// drawer draws from n things as people do: a few again and again, most seldom.
// It is safe to use by many.
func drawer(n int) func() int {
	var mu sync.Mutex
	zipf := rand.NewZipf(rand.New(rand.NewPCG(5, 6)), 1.1, 3, uint64(n-1)) // #nosec G115 G404 -- load
	return func() int {
		mu.Lock()
		defer mu.Unlock()
		return int(zipf.Uint64()) // #nosec G115 -- below n
	}
}

// reading draws products, some more popular than others.
func (g *wares) reading() func() string {
	draw := drawer(len(g.ids))
	return func() string { return "/v1/products/" + g.ids[draw()] }
}

// searching draws from two thousand searches: for nothing in particular, for a
// word of some product or two or three, or the beginning of one; in all orders,
// most the newest first; some bounded.
func (g *wares) searching() func() string {
	random := rand.New(rand.NewPCG(3, 4)) // #nosec G404 -- the same each time
	paths := make([]string, 2000)
	for i := range paths {
		text := g.texts[random.IntN(len(g.texts))]
		words := append([]string{}, text[:random.IntN(4)]...)
		if len(words) > 0 && random.IntN(5) == 0 {
			words[0] = words[0][:3]
		}
		path := "/v1/products?q=" + url.QueryEscape(strings.Join(words, " "))
		path += []string{"", "", "", "&sort=name", "&sort=price", "&sort=-quantity"}[random.IntN(6)]
		path += []string{"", "", "", "&inStock=true", "&minPrice=100&maxPrice=500", "&maxPrice=50"}[random.IntN(6)]
		paths[i] = path
	}
	draw := drawer(len(paths))
	return func() string { return paths[draw()] }
}

// searchingCommon draws pairs of the thirty most common words, in all orders.
func (g *wares) searchingCommon() func() string {
	return func() string {
		one, other := rand.IntN(30), rand.IntN(30)                                 // #nosec G404 -- load
		sort := []string{"name", "price", "-quantity", "-createdAt"}[rand.IntN(4)] // #nosec G404 -- load
		return fmt.Sprintf("/v1/products?q=%s+%s&sort=%s", g.words[one], g.words[other], sort)
	}
}

package repository

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// plan returns the statement of a search. There are these ways to go about it:
//
//   - to go through the products in the order asked for until the page is full;
//   - to find all that have the rarest term, and sort those that fit; by age,
//     which is the order of the ids, they come sorted, and the page is soon full;
//   - to find all within the bounds of the price or the stock, and sort those.
//
// With several terms the products that have the rarest may be gathered before, to
// go the first way, or through those that have the next one.
//
// Which is the least work is estimated; a wrong estimate makes a search slower,
// never wrong.
func (r *Products) plan(ctx context.Context, s entity.Search, terms []term) (*statement, error) {
	ways, err := r.ways(ctx, s, terms)
	if err != nil {
		return nil, err
	}
	return slices.MinFunc(ways, func(a, b way) int { return cmp.Compare(a.cost, b.cost) }).query(), nil
}

// way is one to go about a search, and its work in microseconds.
type way struct {
	cost  float64
	query func() *statement
}

func (r *Products) ways(ctx context.Context, s entity.Search, terms []term) ([]way, error) {
	w, err := r.weigh(ctx, s, terms)
	if err != nil {
		return nil, err
	}
	order := sortIndex(s.Page.By)
	ways := []way{{w.through(false), func() *statement { return through(s, terms, order, false) }}}
	if len(terms) > 0 {
		ways = append(ways, way{w.first(), func() *statement { return first(s, terms) }})
	}
	if len(terms) > 1 && terms[0].products < plenty { // of more there is no telling how many
		ways = append(ways,
			way{w.through(true), func() *statement { return through(s, terms, order, true) }},
			way{w.both(), func() *statement { return both(s, terms) }})
	}
	for index, products := range w.bounds {
		ways = append(ways, way{w.within(products), func() *statement { return through(s, terms, index, false) }})
	}
	return ways, nil
}

// The processor time that the server spends on one of them, in microseconds
// (measured): an entry of an index on the way, a look whether a product has a
// word or one that begins so, a product's row with its place in the order, a product
// that is gathered, and a look among those.
const (
	entryCost  = 0.2
	wordCost   = 1.4
	prefixCost = 2.8
	rowCost    = 1.6
	gatherCost = 0.25
	amongCost  = 0.2
)

// weights is how many products there are about for what a search names.
type weights struct {
	search   entity.Search
	terms    []term // the rarest first
	products float64
	matching float64            // have all terms
	fitting  float64            // the share of products that are within all bounds
	bounds   map[string]float64 // within the bounds of price or stock, by the index that knows them
}

// through is the work of filling the page in the order asked for. Bounds of what
// is sorted by are where it begins and ends.
func (w weights) through(gathered bool) float64 {
	products, fitting := w.products, w.fitting
	if n, ok := w.bounds[sortIndex(w.search.Page.By)]; ok {
		products, fitting = n, fitting*w.products/max(n, 1)
	}
	share := w.matching / w.products
	passed := min(products, float64(w.search.Page.Limit+1)/max(share*fitting, 1/w.products))
	cost := passed * (entryCost + w.checks(w.terms))
	if gathered {
		rarest := w.terms[0].products
		cost = rarest*gatherCost + passed*(entryCost+amongCost+rarest/w.products*w.checks(w.terms[1:]))
	}
	if bounded(w.search) {
		cost += passed * share * rowCost
	}
	return cost
}

// first is the work of finding all that have the rarest term.
func (w weights) first() float64 {
	rarest := w.terms[0].products
	cost := rarest*(entryCost+w.checks(w.terms[1:])) + w.matching*rowCost
	if w.terms[0].words != nil {
		cost *= w.part()
	}
	return cost
}

// both is the work of finding among the products that have the second term those
// that are gathered.
func (w weights) both() float64 {
	cost := w.terms[1].products*(entryCost+amongCost) + w.matching*(rowCost+w.checks(w.terms[2:]))
	if len(w.terms[1].words) == 1 {
		cost *= w.part()
	}
	return w.terms[0].products*gatherCost + cost
}

// part is how much of what comes sorted by age has to be gone through.
func (w weights) part() float64 {
	if w.search.Page.By != entity.SortCreatedAt {
		return 1
	}
	return min(1, float64(w.search.Page.Limit+1)/max(w.matching*w.fitting, 1))
}

// within is the work of looking at the products within bounds.
func (w weights) within(products float64) float64 {
	return products*(entryCost+w.checks(w.terms)) + products*w.matching/w.products*rowCost
}

// checks is the work of looking whether a product has the terms. Most do not
// have the rarest, and then the others are not looked for.
func (w weights) checks(terms []term) float64 {
	switch {
	case len(terms) == 0:
		return 0
	case len(terms[0].words) == 1:
		return wordCost
	default:
		return prefixCost
	}
}

func (r *Products) weigh(ctx context.Context, s entity.Search, terms []term) (w weights, err error) {
	w = weights{search: s, terms: terms, fitting: 1, bounds: make(map[string]float64)}
	if w.products, err = r.productsOf(ctx, s.Status); err != nil {
		return w, err
	}
	for _, index := range []string{byPrice, byQuantity} {
		q := within(s, index)
		if q == nil {
			continue
		}
		n, err := r.count(ctx, q)
		if err != nil {
			return w, err
		}
		if n == plenty {
			n = max(n, w.products/2) // who knows
		}
		w.bounds[index] = min(n, w.products)
		w.fitting *= w.bounds[index] / w.products
	}
	w.matching, err = r.matching(ctx, terms, w.products)
	return w, err
}

// productsOf counts the products of a status, at least one.
func (r *Products) productsOf(ctx context.Context, status entity.Status) (float64, error) {
	name := "products " + string(status)
	n, ok := r.planning.recall(name)
	if !ok {
		if err := r.db.GetContext(ctx, &n, "SELECT COUNT(*) FROM products FORCE INDEX (products_by_age) WHERE status = ?", string(status)); err != nil {
			return 0, fmt.Errorf("count products: %w", err)
		}
		r.planning.remember(name, n)
	}
	return max(n, 1), nil
}

// within finds the products within the bounds that an index knows; nil where
// there are none.
func within(s entity.Search, index string) *statement {
	var q statement
	q.add("SELECT 1 FROM products p FORCE INDEX ("+index+") WHERE p.status = ?", string(s.Status))
	before := q.text.Len()
	if index == byPrice {
		boundPrice(&q, "p", s)
	} else {
		boundStock(&q, "p", s)
	}
	if q.text.Len() == before {
		return nil
	}
	return &q
}

// matching tells about how many products have all terms, by a sample of those
// that have the rarest. Where those are few it is not worth asking.
func (r *Products) matching(ctx context.Context, terms []term, products float64) (float64, error) {
	if len(terms) == 0 {
		return products, nil
	}
	rarest := min(terms[0].products, products)
	if len(terms) == 1 || rarest < 2*sample {
		return rarest, nil
	}
	name, q := sampling(terms)
	hits, ok := r.planning.recall(name)
	if !ok {
		if err := r.db.GetContext(ctx, &hits, q.text.String(), q.args...); err != nil {
			return 0, fmt.Errorf("sample a search: %w", err)
		}
		r.planning.remember(name, hits)
	}
	return rarest * max(hits, 0.5) / sample, nil
}

const sample = 100

// sampling counts in a sample of the rarest term's products those that have the
// other terms too.
func sampling(terms []term) (name string, q *statement) {
	q = &statement{}
	name = "sample of " + terms[0].prefix
	q.add("SELECT COALESCE(SUM(hit), 0) FROM (SELECT CASE WHEN TRUE")
	for _, t := range terms[1:] {
		name += " " + t.prefix
		q.add(" AND ")
		t.has(q, "h.product_id")
	}
	q.add(" THEN 1 ELSE 0 END AS hit FROM product_words h FORCE INDEX (product_words_by_word) WHERE ")
	terms[0].is(q, "h.word")
	q.add(" LIMIT ?) s", sample)
	return name, q
}

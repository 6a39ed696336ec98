package repository

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// plan returns the statement of a search. There are three ways to go about it:
//
//   - by age, which is the order of the ids, the products of the rarest term are
//     read in that order until the page is full;
//   - in another order, all products in it are gone through until the page is
//     full;
//   - or all products that have every term are found first, where they are so few
//     that the page would not be full soon.
//
// some is false when nothing can be found.
func (r *Products) plan(ctx context.Context, s entity.Search, terms []term) (query *statement, some bool, err error) {
	if len(terms) == 0 || terms[0].words == nil {
		return r.throughBest(ctx, s, terms)
	}
	if s.Page.By == entity.SortCreatedAt {
		return byAge(s, terms), true, nil
	}
	first, err := r.findFirst(ctx, s, terms)
	if err != nil {
		return nil, false, err
	}
	if !first {
		return r.throughBest(ctx, s, terms)
	}
	hits, all, err := r.hits(ctx, terms)
	if err != nil {
		return nil, false, err
	}
	if !all {
		return r.throughBest(ctx, s, terms)
	}
	return among(s, hits), len(hits) > 0, nil
}

// findFirst decides whether finding all products that have the terms is less work
// than going through products until the page is full.
func (r *Products) findFirst(ctx context.Context, s entity.Search, terms []term) (bool, error) {
	const all = "SELECT COUNT(*) FROM products FORCE INDEX (products_by_age) WHERE status = ?"
	products, err := r.estimate(ctx, "products "+string(s.Status), all, string(s.Status))
	if err != nil {
		return false, fmt.Errorf("count products: %w", err)
	}
	matching, err := r.matching(ctx, terms)
	if err != nil {
		return false, err
	}
	// The work of each product is weighed by the server's processor time for it.
	rarest, passed := terms[0].products, (s.Page.Limit+1)*products/max(1, matching)
	return 4*rarest+7*matching < rarest+3*passed/2, nil
}

// throughBest goes through the products in the order asked for, or, where few are
// within the bounds, through those.
func (r *Products) throughBest(ctx context.Context, s entity.Search, terms []term) (*statement, bool, error) {
	for _, index := range []string{byPrice, byQuantity} {
		q := within(s, index)
		if q == nil {
			continue
		}
		n, err := r.estimate(ctx, q.text.String()+fmt.Sprint(q.args...), q.text.String(), q.args...)
		if err != nil {
			return nil, false, fmt.Errorf("count products within bounds: %w", err)
		}
		if n < few {
			return through(s, terms, index), true, nil
		}
	}
	return through(s, terms, sortIndex(s.Page.By)), true, nil
}

const few = 1000

// within counts to few the products within the bounds that an index knows; nil
// where there are none.
func within(s entity.Search, index string) *statement {
	var q statement
	q.add("SELECT COUNT(*) FROM (SELECT 1 FROM products p FORCE INDEX ("+index+") WHERE p.status = ?", string(s.Status))
	if index == byPrice {
		boundPrice(&q, "p", s)
	} else {
		boundStock(&q, "p", s)
	}
	if len(q.args) == 1 && (index == byPrice || s.InStock == nil) {
		return nil
	}
	q.add(" LIMIT ?) b", few)
	return &q
}

// matching tells about how many products have all terms, by a sample of those
// that have the rarest.
func (r *Products) matching(ctx context.Context, terms []term) (int, error) {
	if len(terms) == 1 {
		return terms[0].products, nil
	}
	name, q := sampling(terms)
	hits, err := r.estimate(ctx, name, q.text.String(), q.args...)
	if err != nil {
		return 0, fmt.Errorf("sample a search: %w", err)
	}
	return terms[0].products * hits / min(sample, max(1, terms[0].products)), nil
}

const sample = 200

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
	q.add(" THEN 1 ELSE 0 END AS hit FROM product_words h FORCE INDEX (product_words_by_word) WHERE h.word = ? LIMIT ?) s", terms[0].words[0], sample)
	return name, q
}

// maxHits bounds the products that are named in a statement.
const maxHits = 5000

// hits returns the products that have all terms; all is false when those are too
// many.
func (r *Products) hits(ctx context.Context, terms []term) (hits []id.ID, all bool, err error) {
	q := haveAll(terms)
	if err := r.db.SelectContext(ctx, &hits, q.text.String(), q.args...); err != nil {
		return nil, false, fmt.Errorf("find the products of words: %w", err)
	}
	all = len(hits) <= maxHits
	slices.SortFunc(hits, func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(hits), all, nil
}

// haveAll finds products that have all terms, some of them twice.
func haveAll(terms []term) *statement {
	var q statement
	q.add("SELECT h.product_id FROM product_words h FORCE INDEX (product_words_by_word) WHERE ")
	terms[0].wordsIn(&q, "h.word")
	for _, t := range terms[1:] {
		q.add(" AND ")
		t.has(&q, "h.product_id")
	}
	q.add(" LIMIT ?", maxHits+1)
	return &q
}

// among searches among products that are known.
func among(s entity.Search, hits []id.ID) *statement {
	var q statement
	if len(hits) == 0 {
		return &q
	}
	q.add("SELECT "+productColumns+" FROM products p FORCE INDEX (PRIMARY) WHERE p.product_id IN "+database.In(len(hits))+" AND ", anys(hits)...)
	q.add("p.status = ?", string(s.Status))
	bounds(&q, "p", s)
	column := sortColumn(s.Page.By)
	after, values := database.After(s.Page, column, "p.product_id")
	q.add(" AND "+after, values...)
	q.add(" ORDER BY "+database.OrderBy(s.Page, column, "p.product_id")+" LIMIT ?", s.Page.Limit+1)
	return &q
}

// many bounds the products of a word that are had at hand while all are gone
// through: more cost more than they save.
const many = 8000

// through goes through all products in the order that an index has: the inner
// query finds which they are, as far as it can from indexes alone; the outer one
// reads them. Bounds are looked at behind the words, for they need the product's
// own row.
func through(s entity.Search, terms []term, index string) *statement {
	var q statement
	q.add("SELECT " + productColumns + " FROM (SELECT p.product_id FROM products p FORCE INDEX (" + index + ")")
	if bounded(s) {
		q.add(" STRAIGHT_JOIN products b ON b.product_id = p.product_id")
	}
	if len(terms) > 1 && terms[0].words != nil && terms[0].products <= many {
		q.add(" STRAIGHT_JOIN (SELECT DISTINCT product_id FROM product_words WHERE ")
		terms[0].wordsIn(&q, "word")
		q.add(") hit ON hit.product_id = p.product_id")
		terms = terms[1:]
	}
	q.add(" WHERE p.status = ?", string(s.Status))
	for _, t := range terms {
		q.add(" AND ")
		t.has(&q, "p.product_id")
	}
	if bounded(s) {
		bounds(&q, "b", s)
	}
	switch index {
	case byPrice:
		boundPrice(&q, "p", s)
	case byQuantity:
		boundStock(&q, "p", s)
	}
	column := sortColumn(s.Page.By)
	after, values := database.After(s.Page, column, "p.product_id")
	order := database.OrderBy(s.Page, column, "p.product_id")
	q.add(" AND "+after, values...)
	q.add(" ORDER BY "+order+" LIMIT ?) found STRAIGHT_JOIN products p ON p.product_id = found.product_id ORDER BY "+order, s.Page.Limit+1)
	return &q
}

// byAge reads the products of each of the rarest term's words in the order of
// their ids, and of those the first.
func byAge(s entity.Search, terms []term) *statement {
	var q statement
	q.add("SELECT " + productColumns + " FROM (")
	for i, word := range terms[0].words {
		q.add([]string{"(", " UNION ("}[min(i, 1)] + "SELECT h.product_id FROM product_words h FORCE INDEX (product_words_by_word)" +
			" STRAIGHT_JOIN products p ON p.product_id = h.product_id WHERE h.word = ")
		q.add("? AND p.status = ?", word, string(s.Status))
		bounds(&q, "p", s)
		for _, t := range terms[1:] {
			q.add(" AND ")
			t.has(&q, "h.product_id")
		}
		after, values := database.After(s.Page, "h.product_id", "h.product_id")
		q.add(" AND "+after, values...)
		q.add(" ORDER BY "+database.OrderBy(s.Page, "h.product_id", "h.product_id")+" LIMIT ?)", s.Page.Limit+1)
	}
	q.add(" ORDER BY "+database.OrderBy(s.Page, "product_id", "product_id")+" LIMIT ?) found", s.Page.Limit+1)
	q.add(" STRAIGHT_JOIN products p ON p.product_id = found.product_id ORDER BY " + database.OrderBy(s.Page, "p.product_id", "p.product_id"))
	return &q
}

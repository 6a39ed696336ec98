package repository

import (
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// through goes through products in the order that an index has, until the page
// is full or, if another order is asked for, to the end. It finds from the index
// alone whether a product has the terms: bounds are looked at behind that, for
// they need the product's own row. The products of the rarest term may be gathered
// before, which takes less time than looking each product up where many are passed.
func through(s entity.Search, terms []term, index string, gathered bool) *statement {
	var q statement
	column := "p"
	sorted := index == sortIndex(s.Page.By)
	if !sorted {
		column = "b"
	}
	q.add("SELECT " + key(s, column) + " FROM products p FORCE INDEX (" + index + ")")
	if bounded(s) || !sorted {
		q.add(" STRAIGHT_JOIN products b ON b.product_id = p.product_id")
	}
	if gathered {
		among(&q, terms[0], "p")
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
	inOrder(&q, s, column)
	return &q
}

// first finds the products that have the rarest term, then what else is asked
// for of them. By age it takes of each word's products the first that fit.
func first(s entity.Search, terms []term) *statement {
	var q statement
	rarest := terms[0]
	if s.Page.By != entity.SortCreatedAt || len(rarest.words) < 2 {
		having(&q, s, rarest, nil, terms[1:])
		return &q
	}
	column := sortColumn(s.Page.By, "found")
	q.add("SELECT found.product_id, found.value FROM (")
	for i, word := range rarest.words {
		q.add([]string{"(", " UNION ("}[min(i, 1)])
		having(&q, s, term{words: []string{word}}, nil, terms[1:])
		q.add(")")
	}
	q.add(") found ORDER BY "+database.OrderBy(s.Page, column, "found.product_id")+" LIMIT ?", s.Page.Limit+1)
	return &q
}

// both gathers the products that have the rarest term, and goes through those that
// have the next one.
func both(s entity.Search, terms []term) *statement {
	var q statement
	having(&q, s, terms[1], &terms[0], terms[2:])
	return &q
}

// among joins the products of a table with those that have a term, which are
// gathered once. DISTINCT also keeps the servers from merging the two.
func among(q *statement, t term, table string) {
	q.add(" STRAIGHT_JOIN (SELECT DISTINCT product_id FROM product_words FORCE INDEX (product_words_by_word) WHERE ")
	t.is(q, "word")
	q.add(") gathered ON gathered.product_id = " + table + ".product_id")
}

// having finds the products that have the lead, are among those of the gathered
// term, if there is one, and have all others.
func having(q *statement, s entity.Search, lead term, gathered *term, others []term) {
	// By age the order is that of the index.
	place, selecting := "p", "SELECT DISTINCT "
	if len(lead.words) == 1 {
		selecting = "SELECT "
		if s.Page.By == entity.SortCreatedAt {
			place = "h"
		}
	}
	q.add(selecting + key(s, place) + " FROM product_words h FORCE INDEX (product_words_by_word)")
	if gathered != nil {
		among(q, *gathered, "h")
	}
	q.add(" STRAIGHT_JOIN products p ON p.product_id = h.product_id WHERE ")
	lead.is(q, "h.word")
	for _, t := range others {
		q.add(" AND ")
		t.has(q, "h.product_id")
	}
	q.add(" AND p.status = ?", string(s.Status))
	bounds(q, "p", s)
	inOrder(q, s, place)
}

// key is what a product is sorted by.
func key(s entity.Search, table string) string {
	value := "NULL"
	if s.Page.By != entity.SortCreatedAt {
		value = sortColumn(s.Page.By, table)
	}
	return table + ".product_id, " + value + " AS value"
}

// inOrder ends a statement with the order and the page asked for.
func inOrder(q *statement, s entity.Search, table string) {
	column, productID := sortColumn(s.Page.By, table), table+".product_id"
	after, values := database.After(s.Page, column, productID)
	q.add(" AND "+after+" ORDER BY "+database.OrderBy(s.Page, column, productID)+" LIMIT ?", append(values, s.Page.Limit+1)...)
}

package repository

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// term is the beginning of a word that is searched for.
type term struct {
	prefix   string
	words    []string // all that begin so; nil where those are more than maxWords
	products float64  // about how many have one of them
}

// maxWords bounds the words that a term is looked up by, one by one. A term with
// more of them is so short that most products have it.
const maxWords = 8

// terms looks up what is searched for, the rarest first. ok is false when some
// of it is in no product at all.
func (r *Products) terms(ctx context.Context, prefixes []string) (terms []term, ok bool, err error) {
	if len(prefixes) == 0 {
		return nil, true, nil
	}
	var words []string
	q := lookUp(prefixes)
	if err := r.db.SelectContext(ctx, &words, q.text.String(), q.args...); err != nil {
		return nil, false, fmt.Errorf("look up the words of a search: %w", err)
	}
	for _, prefix := range prefixes {
		t := term{prefix: prefix}
		for _, word := range words {
			if strings.HasPrefix(word, prefix) {
				t.words = append(t.words, word)
			}
		}
		if len(t.words) == 0 {
			return nil, false, nil
		}
		terms = append(terms, t)
	}
	return terms, true, r.size(ctx, terms)
}

// lookUp finds the words that begin so. It is a union because in each part alone
// the servers skip from word to word.
func lookUp(prefixes []string) *statement {
	var q statement
	for i, prefix := range prefixes {
		q.add([]string{"(", " UNION ALL ("}[min(i, 1)]+
			"SELECT word FROM product_words FORCE INDEX (product_words_by_word) WHERE word LIKE ? GROUP BY word LIMIT ?)", prefix+"%", maxWords+1)
	}
	return &q
}

// size tells about how many products have each term and puts the rarest first.
func (r *Products) size(ctx context.Context, terms []term) error {
	for i := range terms {
		t := &terms[i]
		if len(t.words) > maxWords {
			t.words = nil
		}
		var q statement
		q.add("SELECT 1 FROM product_words FORCE INDEX (product_words_by_word) WHERE ")
		t.is(&q, "word")
		var err error
		if t.products, err = r.count(ctx, &q); err != nil {
			return err
		}
	}
	slices.SortStableFunc(terms, func(a, b term) int { return cmp.Compare(a.products, b.products) })
	return nil
}

// has is the condition that a product has one of the term's words.
func (t term) has(q *statement, product string) {
	if len(t.words) == 1 {
		q.add("EXISTS (SELECT 1 FROM product_words w WHERE w.product_id = "+product+" AND w.word = ?)", t.words[0])
		return
	}
	// With its limit the subquery is carried out for each product.
	q.add("(SELECT 1 FROM product_words w WHERE w.product_id = "+product+" AND w.word LIKE ? LIMIT 1) = 1", t.prefix+"%")
}

// is is the condition that a column is one of the term's words.
func (t term) is(q *statement, column string) {
	if len(t.words) == 1 {
		q.add(column+" = ?", t.words[0])
		return
	}
	q.add(column+" LIKE ?", t.prefix+"%")
}

package repository_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	diff "github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/product-service/internal/entity"
	"github.com/oms-fleet/oms/product-service/internal/repository"
)

// Whichever way a search goes about it, it finds what comparing every product
// finds: with words that all have and words that few have, whole and begun, in
// every order, bounded and not, page by page.
func TestSearchFindsWhatComparingEveryProductFinds(t *testing.T) {
	t.Parallel()
	w := open(t)
	random := rand.New(rand.NewPCG(3, 3)) // #nosec G404
	vocabulary := strings.Fields("lamp lampe lamps laminate lark last late lava lawn lazy red Rød reed desk grün Grün straße a ab abc 日本 日本語 💡 40")
	word := func() string { return vocabulary[min(random.IntN(len(vocabulary)), random.IntN(len(vocabulary)))] }
	all := make([]*entity.Product, 700)
	for i := range all {
		name := []string{word(), word(), word(), fmt.Sprintf("r%d", random.IntN(200))}
		all[i] = product(t, entity.Draft{
			Name: strings.Join(name, " "), Description: word(), Price: money.Amount(random.IntN(8)) * 100, Quantity: random.IntN(4),
		})
	}
	if err := w.products.Create(t.Context(), all...); err != nil {
		t.Fatal(err)
	}
	for range 150 {
		s := entity.Search{Status: entity.Active, Page: page.Query{Limit: 1 + random.IntN(40), Descending: random.IntN(2) == 0}}
		s.Page.By = []string{entity.SortName, entity.SortPrice, entity.SortQuantity, entity.SortCreatedAt}[random.IntN(4)]
		for range random.IntN(4) {
			text := []rune(word())
			s.Text += " " + string(text[:1+random.IntN(len(text))])
		}
		if random.IntN(4) == 0 {
			s.MinPrice = new(money.Amount(200))
		}
		if random.IntN(4) == 0 {
			s.InStock = new(random.IntN(2) == 0)
		}
		want := compared(all, s)
		if wrong := diff.Diff(w.everyPage(t, s), namesOf(want)); wrong != "" {
			t.Fatalf("search %+v (-got +want):\n%s", s, wrong)
		}
		w.findsAlike(t, s, want[:min(len(want), s.Page.Limit+1)])
	}
}

// everyPage returns the names that a search finds.
func (w *warehouse) everyPage(t *testing.T, s entity.Search) (names []string) {
	t.Helper()
	for {
		found, err := w.products.Search(t.Context(), s)
		if err != nil {
			t.Fatalf("Search %+v: %v", s, err)
		}
		for _, p := range found.Items {
			names = append(names, p.Name)
		}
		if found.Next == nil {
			return names
		}
		s.Page.After = found.Next
	}
}

// findsAlike fails unless a search finds the same products whichever way it goes.
func (w *warehouse) findsAlike(t *testing.T, s entity.Search, want []*entity.Product) {
	t.Helper()
	ways, err := w.products.EachWay(t.Context(), s)
	if err != nil {
		t.Fatalf("search %+v: %v", s, err)
	}
	for i, found := range ways {
		if !slices.EqualFunc(found, want, func(k page.Key, p *entity.Product) bool { return k.ID == p.ID }) {
			t.Fatalf("search %+v finds %v by way %d of %d, want %v", s, found, i, len(ways), namesOf(want))
		}
	}
}

func namesOf(products []*entity.Product) (names []string) {
	for _, p := range products {
		names = append(names, p.Name)
	}
	return names
}

// compared returns the products that a search must find.
func compared(all []*entity.Product, s entity.Search) (found []*entity.Product) {
	for _, p := range all {
		has := repository.Words(p.Name, p.Description)
		fits := (s.MinPrice == nil || p.Price >= *s.MinPrice) && (s.InStock == nil || *s.InStock == (p.Stock.Available() > 0))
		for _, prefix := range repository.Words(s.Text) {
			fits = fits && slices.ContainsFunc(has, func(word string) bool { return strings.HasPrefix(word, prefix) })
		}
		if fits {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b *entity.Product) int {
		order := cmp.Compare(string(a.ID[:]), string(b.ID[:]))
		switch s.Page.By {
		case entity.SortName:
			order = cmp.Or(cmp.Compare(repository.NameKey(a.Name), repository.NameKey(b.Name)), order)
		case entity.SortPrice:
			order = cmp.Or(cmp.Compare(a.Price, b.Price), order)
		case entity.SortQuantity:
			order = cmp.Or(cmp.Compare(a.Stock.Available(), b.Stock.Available()), order)
		}
		if s.Page.Descending {
			return -order
		}
		return order
	})
	return found
}

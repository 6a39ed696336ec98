package app

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// names lists what a search finds, following its cursors.
func (s *shop) names(t *testing.T, by, query string) []string {
	t.Helper()
	found := []string{}
	for cursor := ""; ; {
		got := s.Must(t, http.StatusOK, by, get, "/v1/products?"+query+cursor, "")
		for _, item := range got.Body["items"].([]any) {
			found = append(found, item.(map[string]any)["name"].(string))
		}
		next, ok := got.Body["nextCursor"].(string)
		if !ok {
			return found
		}
		cursor = "&cursor=" + url.QueryEscape(next)
	}
}

// openMarket is a shop with five products, the last one archived.
func openMarket(t *testing.T) *shop {
	t.Helper()
	s := openShop(t)
	s.create(t, `{"name":"Crème Brûlée Torch","description":"for the kitchen","price":30,"quantity":2}`)
	s.create(t, `{"name":"desk lamp","description":"Bright, for the study","price":10,"quantity":0}`)
	s.create(t, `{"name":"Desk Lamp XL","description":"brighter","price":20,"quantity":9}`)
	s.create(t, `{"name":"Ärmel-Halter (Ø 5)","price":10,"quantity":4}`)
	path, _ := s.create(t, `{"name":"Old Lamp","price":1,"quantity":1}`)
	s.Must(t, http.StatusOK, admin, patch, path, `{"status":"ARCHIVED"}`, "If-Match", "*")
	return s
}

func TestSearch(t *testing.T) {
	t.Parallel()
	s := openMarket(t)
	const torch, small, large, holder, old = "Crème Brûlée Torch", "desk lamp", "Desk Lamp XL", "Ärmel-Halter (Ø 5)", "Old Lamp"
	for query, want := range map[string][]string{
		"":                               {holder, large, small, torch},
		"sort=createdAt":                 {torch, small, large, holder},
		"sort=name":                      {holder, torch, small, large},
		"sort=-name":                     {large, small, torch, holder},
		"sort=price":                     {small, holder, large, torch},
		"sort=-price":                    {torch, large, holder, small},
		"sort=quantity":                  {small, torch, holder, large},
		"sort=-quantity":                 {large, holder, torch, small},
		"inStock=true&sort=name":         {holder, torch, large},
		"inStock=false":                  {small},
		"minPrice=10.01&sort=price":      {large, torch},
		"maxPrice=10&sort=name":          {holder, small},
		"minPrice=10&maxPrice=20&q=lamp": {large, small},
		"q=LAMP&sort=price":              {small, large},
		"q=lam+des&sort=price":           {small, large},
		"q=bright":                       {large, small},
		"q=bright+study":                 {small},
		"q=creme+BRULEE":                 {torch},
		"q=armel":                        {holder},
		"q=%C3%A4rmel-halter":            {holder},
		"q=%C3%98+5":                     {holder},
		"q=amp":                          {},
		"q=lamp+sofa":                    {},
		"q=old":                          {},
		"q=%25":                          {holder, large, small, torch},
		"status=ACTIVE&q=torch":          {torch},
	} {
		for _, limit := range []string{"&limit=1", "&limit=2", ""} {
			if diff := cmp.Diff(s.names(t, nobody, query+limit), want); diff != "" {
				t.Errorf("?%s%s (-got +want):\n%s", query, limit, diff)
			}
		}
	}
	if diff := cmp.Diff(s.names(t, admin, "status=ARCHIVED&q=lamp"), []string{old}); diff != "" {
		t.Errorf("archived products (-got +want):\n%s", diff)
	}
	s.Refused(t, http.StatusForbidden, "FORBIDDEN", client, get, "/v1/products?status=ARCHIVED", "")
}

func TestChangedWordsAreFoundAndOldOnesAreNot(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, _ := s.create(t, `{"name":"Lamp","description":"bright","price":1}`)
	s.Must(t, http.StatusOK, admin, patch, path, `{"name":"Lantern"}`, "If-Match", "*")
	for query, want := range map[string][]string{"q=lamp": {}, "q=lantern": {"Lantern"}, "q=bright": {"Lantern"}} {
		if diff := cmp.Diff(s.names(t, nobody, query), want); diff != "" {
			t.Errorf("?%s (-got +want):\n%s", query, diff)
		}
	}
}

func TestBadSearchesAreRefused(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.create(t, `{"name":"A","price":1}`)
	s.create(t, `{"name":"B","price":1}`)
	cursor := s.Must(t, http.StatusOK, nobody, get, "/v1/products?limit=1&sort=price", "").Body["nextCursor"].(string)
	for query, place := range map[string]string{
		"sort=colour": "query.sort", "limit=0": "query.limit", "limit=101": "query.limit", "limit=x": "query.limit",
		"cursor=nonsense": "query.cursor", "sort=name&cursor=" + cursor: "query.cursor", "inStock=perhaps": "query.inStock",
		"minPrice=cheap": "query.minPrice", "maxPrice=1.999": "query.maxPrice", "minPrice=1e2": "query.minPrice",
		"q=a+b+c+d+e+f+g+h+i+j+k": "query.q", "status=LOST": "query.status",
	} {
		got := s.Refused(t, http.StatusUnprocessableEntity, "INVALID_REQUEST", nobody, get, "/v1/products?"+query, "")
		if diff := cmp.Diff(got.Places(), []string{place}); diff != "" {
			t.Errorf("mistakes of ?%s (-got +want):\n%s", query, diff)
		}
	}
}

// Pages hold each product once, whatever is added meanwhile.
func TestPagesAreStableWhileOthersWrite(t *testing.T) {
	t.Parallel()
	for _, sort := range []string{"name", "-name", "price", "-quantity", "createdAt", "-createdAt"} {
		t.Run(sort, func(t *testing.T) {
			t.Parallel()
			s := openShop(t)
			var want []string
			for n := range 12 {
				name := fmt.Sprintf("First %02d", n)
				s.create(t, fmt.Sprintf(`{"name":%q,"price":%d,"quantity":%d}`, name, n%4, n%3))
				want = append(want, name)
			}
			var found []string
			query := "/v1/products?limit=3&sort=" + sort
			for page := 0; ; page++ {
				got := s.Must(t, http.StatusOK, nobody, get, query, "")
				for _, item := range got.Body["items"].([]any) {
					found = append(found, item.(map[string]any)["name"].(string))
				}
				next, ok := got.Body["nextCursor"].(string)
				if !ok {
					break
				}
				query = "/v1/products?limit=3&sort=" + sort + "&cursor=" + next
				s.create(t, fmt.Sprintf(`{"name":"Later %d","price":%d,"quantity":%d}`, page, page%4, page%3))
			}
			found = slices.DeleteFunc(found, func(name string) bool { return name[0] == 'L' })
			slices.Sort(found)
			if diff := cmp.Diff(found, want); diff != "" {
				t.Errorf("found of those that were there (-got +want):\n%s", diff)
			}
		})
	}
}

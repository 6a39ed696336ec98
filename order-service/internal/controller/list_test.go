package controller_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// list asks for one page; query is a URL's.
func (s *shop) list(t *testing.T, by, query string) (ids []string, cursor string) {
	t.Helper()
	got := s.Must(t, http.StatusOK, by, "GET", "/v1/orders?"+query, "")
	items, next := got.Body["items"].([]any), got.Body["nextCursor"]
	for _, item := range items {
		ids = append(ids, item.(map[string]any)["orderId"].(string))
	}
	cursor, _ = next.(string)
	if len(got.Body) != 2 || (next != nil && cursor == "") {
		t.Errorf("list is %s, want items and nextCursor", got.Raw)
	}
	return ids, cursor
}

// placeSome places orders: the second is cancelled, the third confirmed.
func (s *shop) placeSome(t *testing.T, by string, n int) (ids []string) {
	t.Helper()
	for i := range n {
		path := s.place(t, by)
		switch i {
		case 1:
			s.Must(t, http.StatusOK, by, "POST", path+"/cancel", "")
		case 2:
			s.settle(t, path, 2)
		}
		ids = append(ids, path[len("/v1/orders/"):])
	}
	return ids
}

func TestListsAreOfOnesOwnOrdersNewestFirst(t *testing.T) {
	t.Parallel()
	s := open(t)
	adas, graces := s.placeSome(t, ada, 3), s.placeSome(t, grace, 2)
	slices.Reverse(adas)
	slices.Reverse(graces)
	adasID, gracesID := s.guests[ada].UserID.String(), s.guests[grace].UserID.String()
	for name, tt := range map[string]struct {
		by, query string
		want      []string
	}{
		"own":            {ada, "", adas},
		"own by id":      {ada, "clientId=" + adasID, adas},
		"another's":      {ada, "clientId=" + gracesID, nil},
		"all":            {admin, "", slices.Concat(graces, adas)},
		"one client's":   {root, "clientId=" + gracesID, graces},
		"by status":      {ada, "status=CANCELLED", adas[1:2]},
		"oldest first":   {grace, "sort=createdAt", []string{graces[1], graces[0]}},
		"dearest first":  {ada, "sort=-totalPrice&limit=1", adas[:1]},
		"status, sorted": {ada, "sort=status", []string{adas[1], adas[2], adas[0]}},
		"updated since":  {ada, "sort=updatedAt&updatedAfter=1970-01-01T00:00:00Z&limit=1", adas[2:]},
		"nothing since":  {ada, "createdAfter=" + time.Now().Add(time.Hour).UTC().Format(time.RFC3339), nil},
		"nothing before": {ada, "updatedBefore=2020-01-01T00:00:00.123456%2B02:00", nil},
		"in a range":     {ada, "createdAfter=2020-01-01T00:00:00Z&createdBefore=2999-01-01T00:00:00Z", adas},
	} {
		if got, _ := s.list(t, tt.by, tt.query); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q lists %v, want %v", name, tt.query, got, tt.want)
		}
	}
}

func TestPagesFollowEachOther(t *testing.T) {
	t.Parallel()
	s := open(t)
	placed := s.placeSome(t, ada, 7)
	for _, sort := range []string{"createdAt", "-createdAt", "updatedAt", "-updatedAt", "totalPrice", "-totalPrice", "status", "-status"} {
		var got []string
		pages, cursor := 0, ""
		for first := true; first || cursor != ""; first = false {
			var page []string
			page, cursor = s.list(t, ada, "limit=3&sort="+sort+"&cursor="+url.QueryEscape(cursor))
			got = append(got, page...)
			pages++
			s.place(t, grace) // others write meanwhile
		}
		slices.Sort(got)
		if !slices.Equal(got, placed) || pages != 3 {
			t.Errorf("by %s: %d pages with %v, want 3 with %v", sort, pages, got, placed)
		}
	}
	if ids, cursor := s.list(t, ada, "limit=7"); len(ids) != 7 || cursor != "" {
		t.Errorf("a page that holds all: %d orders, cursor %q", len(ids), cursor)
	}
}

func TestBadQueriesAreRefusedAtTheirPlace(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.placeSome(t, ada, 3)
	_, byTime := s.list(t, ada, "limit=1")
	for query, want := range map[string][]string{
		"limit=0&status=Shipped":       {"query.limit", "query.status"},
		"limit=101":                    {"query.limit"},
		"limit=many":                   {"query.limit"},
		"sort=address":                 {"query.sort"},
		"sort=--createdAt":             {"query.sort"},
		"cursor=nonsense":              {"query.cursor"},
		"sort=status&cursor=" + byTime: {"query.cursor"},
		"clientId=ada":                 {"query.clientId"},
		"createdAfter=yesterday&updatedBefore=" + strconv.Itoa(1e9):               {"query.createdAfter", "query.updatedBefore"},
		"createdAfter=2026-01-02T00:00:00Z&createdBefore=2026-01-01T00:00:00Z":    {"query.createdAfter"},
		"updatedAfter=2026-01-02T00:00:00Z&updatedBefore=2026-01-02T00:00:00.00Z": {"query.updatedAfter"},
	} {
		got := s.Refused(t, http.StatusUnprocessableEntity, "INVALID_REQUEST", ada, "GET", "/v1/orders?"+query, "")
		if diff := cmp.Diff(want, got.Places()); diff != "" {
			t.Errorf("%s: places (-want +got):\n%s", query, diff)
		}
	}
}

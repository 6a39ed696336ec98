package web_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/common/web"
)

func TestListIsSortedAsAsked(t *testing.T) {
	t.Parallel()
	for sort, want := range map[string]page.Query{
		"":           {Limit: 20, By: "createdAt", Descending: true},
		"createdAt":  {Limit: 20, By: "createdAt"},
		"-createdAt": {Limit: 20, By: "createdAt", Descending: true},
		"price":      {Limit: 20, By: "price"},
		"-price":     {Limit: 20, By: "price", Descending: true},
	} {
		got, err := web.Paging{Limit: 20, Sort: sort}.Query("-createdAt", "price")
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("sort %q: %v (-want +got):\n%s", sort, err, diff)
		}
	}
	for _, sort := range []string{"-", "--price", "Price", "name", "price,name", "price desc", "+price"} {
		_, err := web.Paging{Limit: 20, Sort: sort}.Query("-createdAt", "price")
		mistake(t, err, "query.sort", "is none of createdAt, price, with or without - in front")
	}
}

// mistake expects an invalid input at one place.
func mistake(t *testing.T, err error, location, message string) {
	t.Helper()
	want := fault.InvalidAt(location, "%s", message).Error()
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestCursorComesBackAsItWent(t *testing.T) {
	t.Parallel()
	value := "19.90 — \x00\"ä"
	for _, want := range []page.Key{{ID: id.ID{7}}, {ID: id.ID{1, 2, 3}, Value: &value}, {ID: id.ID{255}, Value: new(string)}} {
		q, err := web.Paging{Limit: 5, Sort: "-price", Cursor: next(t, want, page.Query{By: "price", Descending: true})}.Query("name", "price")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(page.Query{Limit: 5, By: "price", Descending: true, After: &want}, q); diff != "" {
			t.Errorf("query (-want +got):\n%s", diff)
		}
	}
}

// next is the cursor behind a page that ends at key.
func next(t *testing.T, key page.Key, q page.Query) string {
	t.Helper()
	list := web.NewList(page.Page[int]{Items: []int{1}, Next: &key}, q, func(i int) string { return fmt.Sprint(i) })
	if list.NextCursor == nil || strings.ContainsAny(*list.NextCursor, "+/=& ") {
		t.Fatalf("the list %+v has no cursor that a URL can hold", list)
	}
	return *list.NextCursor
}

func TestCursorOfAnotherOrderIsRefused(t *testing.T) {
	t.Parallel()
	key := page.Key{ID: id.ID{7}}
	for _, q := range []page.Query{{By: "price"}, {By: "name", Descending: true}, {By: "secret"}} {
		_, err := web.Paging{Limit: 5, Sort: "name", Cursor: next(t, key, q)}.Query("name", "price")
		mistake(t, err, "query.cursor", "belongs to another sort order")
	}
}

func TestHostileCursorsAreRefused(t *testing.T) {
	t.Parallel()
	encode := base64.RawURLEncoding.EncodeToString
	for _, cursor := range []string{
		"x", "!", "bnVsbA", strings.Repeat("A", 2000), encode([]byte(`{}`)), encode([]byte(`{"b":"name","v":null,"i":"x"}`)), encode([]byte(`[1]`)),
		encode([]byte(`{"b":"name","v":{"$gt":""},"i":"` + thingID + `"}`)), encode([]byte(`{"b":"name"} x`)), encode([]byte(`{"b":"name","i":"00000000-0000-0000-0000-000000000000"}`)),
		base64.StdEncoding.EncodeToString([]byte(`{"b":"name","i":"`+thingID+`"}  `)) + "==", "' OR 1=1 --",
	} {
		_, err := web.Paging{Limit: 5, Sort: "name", Cursor: cursor}.Query("name", "price")
		mistake(t, err, "query.cursor", "is not a cursor of this list")
	}
}

func TestListsAreNeverNull(t *testing.T) {
	t.Parallel()
	list := web.NewList(page.Page[int]{}, page.Query{By: "name"}, func(i int) int { return i })
	raw, err := json.Marshal(list)
	if want := `{"items":[],"nextCursor":null}`; err != nil || string(raw) != want {
		t.Errorf("an empty list is %s, %v; want %s", raw, err, want)
	}
}

func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"", "x", base64.RawURLEncoding.EncodeToString([]byte(`{"b":"name","v":"a","i":"` + thingID + `"}`))} {
		f.Add("name", seed)
	}
	f.Fuzz(func(t *testing.T, sort, cursor string) {
		q, err := web.Paging{Limit: 5, Sort: sort, Cursor: cursor}.Query("name", "price")
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("Query(%q, %q) = %v", sort, cursor, err)
			}
			return
		}
		if q.After != nil && (q.After.ID.IsZero() || strings.TrimPrefix(sort, "-") != q.By && sort != "") {
			t.Errorf("Query(%q, %q) = %+v", sort, cursor, q)
		}
	})
}

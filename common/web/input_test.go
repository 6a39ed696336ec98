package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
)

func TestPathThatIsNoIDIsNotFound(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	for _, wrong := range []string{
		"7", "x", "%00", "..%2f..%2fetc", thingID[1:], thingID + "0", "{" + thingID + "}", "urn:uuid:" + thingID, strings.ReplaceAll(thingID, "-", ""), strings.Repeat("a", 5000),
	} {
		s.ask("GET", "/v1/things/"+wrong, "").problem(t, http.StatusNotFound, fault.CodeNotFound)
		s.ask("DELETE", "/v1/things/"+wrong, "", "Authorization", "Bearer root").problem(t, http.StatusNotFound, fault.CodeNotFound)
	}
	// A path that names nothing comes before what is wrong with the body.
	p := s.ask("PATCH", "/v1/things/7", `{"nme":1}`, "Authorization", "Bearer admin").problem(t, http.StatusNotFound, fault.CodeNotFound)
	if len(p.Errors) != 0 {
		t.Errorf("not found, and yet mistakes: %v", p.Errors)
	}
	if got := s.ask("GET", "/v1/things/"+strings.ToUpper(thingID), ""); got.StatusCode != http.StatusOK {
		t.Errorf("an id in upper case answers %s", got.Status)
	}
}

func TestAllMistakesComeAtOnceWithTheirPlace(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	got := s.post(`{
		"name": "", "password": "hunter2", "email": "hunter2", "website": "http://hunter2/%zz", "kind": "hunter2", "price": 1.999, "fee": "hunter2",
		"at": "hunter2", "quoteId": "hunter2", "ownerId": 7, "hunter": 2, "Name": "Ada",
		"parts": [{"id": "` + thingID + `", "quantity": 0}, {"quantity": "hunter2"}, "hunter2", {"id": "urn:uuid:` + thingID + `", "quantity": 1.5}],
		"origin": {"country": "hunter2", "town": "hunter2"}
	}`)
	p := got.problem(t, http.StatusUnprocessableEntity, fault.CodeInvalidRequest)
	want := []string{
		"body.name: expected length >= 1",
		"body.password: expected length >= 8",
		"body.email: expected string to be RFC 5322 email",
		"body.website: expected string to be RFC 3986 uri",
		"body.kind: expected value to be one of \"SMALL, LARGE\"",
		"body.price: is not an amount with at most two decimals, such as 19.90",
		"body.fee: is not an amount with at most two decimals, such as 19.90",
		"body.at: expected string to be RFC 3339 date-time",
		"body.quoteId: expected string to be RFC 4122 uuid",
		"body.ownerId: expected string",
		"body.hunter: unexpected property",
		"body.Name: unexpected property",
		"body.parts[0].quantity: expected number >= 1",
		"body.parts[1].id: is required",
		"body.parts[1].quantity: expected integer",
		"body.parts[2]: expected object",
		"body.parts[3].id: expected length <= 36",
		"body.parts[3].quantity: expected integer",
		"body.origin.country: expected length <= 2",
		"body.origin.town: unexpected property",
	}
	found := places(p)
	slices.Sort(want)
	slices.Sort(found)
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
	if strings.Contains(string(got.raw), "hunter2") || strings.Contains(s.logs.String(), "hunter2") {
		t.Errorf("a value is repeated: %s\n%s", got.raw, s.logs)
	}
}

func TestMissingFieldsAreToldAtTheirOwnPlace(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	p := s.post(`{"parts": [{}]}`).problem(t, http.StatusUnprocessableEntity, fault.CodeInvalidRequest)
	want := []string{"body.name: is required", "body.parts[0].id: is required", "body.parts[0].quantity: is required", "body.price: is required"}
	if diff := cmp.Diff(want, places(p)); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
}

func TestNullIsAbsentWhereAFieldIsOptional(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	got := s.post(`{"name": "a", "price": 1, "password": null, "email": null, "kind": null, "fee": null, "at": null, "quoteId": null, "ownerId": null, "parts": null, "origin": null}`)
	const want = `{"id":"` + thingID + `","name":"a","price":1.00,"fee":null,"at":null,"quoteId":null,"ownerId":null,"quantity":0,"country":""}` + "\n"
	if diff := cmp.Diff(want, string(got.raw)); got.StatusCode != http.StatusCreated || diff != "" {
		t.Errorf("answers %s (-want +got):\n%s", got.Status, diff)
	}
}

func TestNullIsAMistakeWhereAFieldIsRequired(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	p := s.post(`{"name": null, "price": null, "parts": [null, {"id": null, "quantity": null}]}`).problem(t, http.StatusUnprocessableEntity, fault.CodeInvalidRequest)
	want := []string{
		"body.name: expected string", "body.parts[0]: expected object",
		"body.parts[1].id: expected string", "body.parts[1].quantity: expected integer", "body.price: has a value of the wrong type",
	}
	if diff := cmp.Diff(want, places(p)); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
}

func TestNumbersThatDoNotFitAreMistakes(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	for quantity, want := range map[string]string{
		"10001":                 "body.parts[0].quantity: expected number <= 10000",
		"-1":                    "body.parts[0].quantity: expected number >= 1",
		"99999999999999999999":  "body.parts[0].quantity: expected number <= 10000",
		"1e400":                 "body.parts[0].quantity: expected number <= 10000",
		"-1e400":                "body.parts[0].quantity: expected number >= 1",
		"1.5":                   "body.parts[0].quantity: expected integer",
		"true":                  "body.parts[0].quantity: expected integer",
		`"1"`:                   "body.parts[0].quantity: expected integer",
		"1.0":                   "body.parts.quantity: has a value of the wrong type",
		"1e2":                   "body.parts.quantity: has a value of the wrong type",
		"1.0000000000000000001": "body.parts.quantity: has a value of the wrong type",
	} {
		body := fmt.Sprintf(`{"name":"a","price":1,"parts":[{"id":%q,"quantity":%s}]}`, thingID, quantity)
		p := s.post(body).problem(t, http.StatusUnprocessableEntity, fault.CodeInvalidRequest)
		if diff := cmp.Diff([]string{want}, places(p)); diff != "" {
			t.Errorf("quantity %s (-want +got):\n%s", quantity, diff)
		}
	}
}

func TestBadQueryValuesAreMistakesWithTheirPlace(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	got := s.ask("GET", "/v1/things?limit=101&cursor="+strings.Repeat("x", 2001)+"&owner=hunter2&inStock=hunter2&minPrice=-1&since=hunter2&kind=hunter2", "")
	p := got.problem(t, http.StatusUnprocessableEntity, fault.CodeInvalidRequest)
	want := []string{
		"query.limit: expected number <= 100", "query.cursor: expected length <= 2000", "query.owner: invalid value", "query.inStock: invalid boolean",
		"query.minPrice: expected number >= 0", "query.since: invalid value", "query.kind: expected value to be one of \"SMALL, LARGE\"",
	}
	if diff := cmp.Diff(want, places(p)); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
	if strings.Contains(string(got.raw), "hunter2") {
		t.Errorf("a value is repeated: %s", got.raw)
	}
	for _, query := range []string{"limit=0", "limit=-1", "limit=1.5", "limit=abc", "limit=99999999999999999999", "since=2026-01-02", "minPrice=NaNs"} {
		s.ask("GET", "/v1/things?"+query, "").problem(t, http.StatusUnprocessableEntity, fault.CodeInvalidRequest)
	}
	for _, query := range []string{"", "limit=1", "limit=100", "limit=", "unknown=1", "since=2026-01-02T03:04:05Z", "owner=" + thingID} {
		if got := s.ask("GET", "/v1/things?"+query, ""); got.StatusCode != http.StatusOK {
			t.Errorf("?%s answers %s: %s", query, got.Status, got.raw)
		}
	}
}

func TestQueryThatIsNoTextIsRefusedWithItsPlaces(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	got := s.ask("GET", "/v1/things?kind=%zz&limit=1&cursor=%ff&%zz=hunter2&%f0%9f=hunter2&owner=a;b&unknown=%&unknown=%a", "")
	want := []string{
		"query.kind: is not percent-encoded UTF-8", "query.cursor: is not percent-encoded UTF-8", "query: has a name that is not percent-encoded UTF-8",
		"query.owner: is not percent-encoded UTF-8", "query.unknown: is not percent-encoded UTF-8",
	}
	if diff := cmp.Diff(want, places(got.problem(t, http.StatusUnprocessableEntity, fault.CodeInvalidRequest))); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
	for _, query := range []string{"&&", "=", "%3B=%25%3B", "unknown=%F0%9F%92%A1+%e2%82%ac", "unknown==a?/", "unknown"} {
		if got := s.ask("GET", "/v1/things?"+query, ""); got.StatusCode != http.StatusOK {
			t.Errorf("?%s answers %s: %s", query, got.Status, got.raw)
		}
	}
	// Who may not ask is not told how.
	s.ask("DELETE", "/v1/things/"+thingID+"?a=%zz", "").problem(t, http.StatusUnauthorized, fault.CodeUnauthenticated)
}

func TestMistakesOfPathAreNotHiddenByThoseOfQuery(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	s.ask("PATCH", "/v1/things/"+thingID, `{"name": ""}`, "Authorization", "Bearer admin", "If-Match", `"3"`).problem(t, http.StatusUnprocessableEntity, fault.CodeInvalidRequest)
}

func TestAnswerToManyMistakesIsBounded(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&body, `"f%d":0,`, i)
	}
	s := newShop(t, withThings)
	got := s.post(`{` + body.String() + `"name":1}`)
	p := got.problem(t, http.StatusUnprocessableEntity, fault.CodeInvalidRequest)
	if len(p.Errors) != 1000 || len(got.raw) > 100_000 {
		t.Errorf("%d mistakes in %d bytes, want 1000", len(p.Errors), len(got.raw))
	}
}

package app

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// report is the last line of an import's answer.
type report struct {
	Rows, Created, Updated, Failed int
	Errors                         []struct {
		Row            int
		Field, Message string
	}
}

// send imports rows and returns the report.
func (s *shop) send(t *testing.T, query, kind, body string) report {
	t.Helper()
	response, raw := s.raw(t, admin, post, "/v1/product-imports"+query, []byte(body), "Content-Type", kind)
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	var last struct{ Report *report }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.Report == nil || response.StatusCode != http.StatusOK {
		t.Fatalf("import = %s %s", response.Status, raw)
	}
	return *last.Report
}

func (s *shop) count(t *testing.T, text string) int {
	t.Helper()
	return len(s.Must(t, http.StatusOK, nobody, get, "/v1/products?limit=100&q="+text, "").Body["items"].([]any))
}

func TestImportAddsAndChangesProducts(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, made := s.create(t, `{"name":"Lamp","price":1,"quantity":5}`)
	lamp := made.Body["id"].(string)
	for kind, body := range map[string]string{
		"text/csv; charset=utf-8": "id,name,description,price,quantity\r\n,\"Mug, blue\",for tea,4.50,7\r\n" + lamp + ",,,2.25,9\r\n",
		"application/x-ndjson":    `{"name":"Mug, blue","description":"for tea","price":4.50,"quantity":7}` + "\n\n" + `{"id":"` + lamp + `","price":"2.25","quantity":9}`,
	} {
		got := s.send(t, "", kind, body)
		if got.Rows != 2 || got.Created != 1 || got.Updated != 1 || got.Failed != 0 || len(got.Errors) != 0 {
			t.Errorf("%s: report = %+v", kind, got)
		}
	}
	if seen := s.Must(t, http.StatusOK, admin, get, path, "").Body; seen["price"] != 2.25 || seen["onHand"] != 9.0 || seen["name"] != "Lamp" {
		t.Errorf("lamp = %v", seen)
	}
	if n := s.count(t, "mug"); n != 2 {
		t.Errorf("%d mugs, want 2", n)
	}
}

func TestImportRefusesWhatIsNoText(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	for kind, body := range map[string]string{
		"text/csv":             "name,price\nM\xffg,1\nMug,1\n",
		"application/x-ndjson": "{\"name\":\"M\xffg\",\"price\":1}\n{\"name\":\"Mug\",\"price\":1}\n",
	} {
		if got := s.send(t, "", kind, body); got.Rows != 2 || got.Created != 1 || got.Failed != 1 || got.Errors[0].Row != 1 {
			t.Errorf("%s: report = %+v", kind, got)
		}
	}
	for line, message := range map[string]string{
		`{"name":"Mug","price":1,"name":"Cup"}`: "names a field twice", `{"name":"\ud83d","price":1}`: "half of a character", `["Mug"]`: "no JSON object", `null`: "no JSON object",
	} {
		if got := s.send(t, "", "application/x-ndjson", line); got.Created != 0 || got.Failed != 1 || !strings.Contains(got.Errors[0].Message, message) {
			t.Errorf("%s: report = %+v, want that it %q", line, got, message)
		}
	}
	if got := s.send(t, "", "text/csv", "name, name,price\nMug,Cup,1\n"); got.Created != 0 || got.Failed != 1 {
		t.Errorf("a column twice: report = %+v", got)
	}
}

const mixed = `{"name":"Good one","price":1}
{"name":"Bad","price":1.999,"quantity":-1}
nonsense
{"name":7,"price":1,"colour":"red"}
{"id":"01900000-0000-7000-8000-000000000000","price":1}
{"id":"lamp","price":1}
{"price":1}
{"name":"Good two","price":"2.00"}`

func TestImportNamesEveryMistakeAndKeepsWhatItIsAskedTo(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	want := map[string]bool{"2 price": true, "2 quantity": true, "3 ": true, "4 name": true, "4 colour": true, "5 id": true, "6 id": true, "7 name": true}
	kept := 0
	for _, tt := range []struct {
		query   string
		created int
		kept    int
	}{{"?dryRun=true", 2, 0}, {"?mode=atomic", 0, 0}, {"?mode=atomic&dryRun=true", 0, 0}, {"?mode=partial", 2, 2}, {"", 2, 2}} {
		got := s.send(t, tt.query, "application/x-ndjson", mixed)
		places := map[string]bool{}
		for _, e := range got.Errors {
			places[fmt.Sprintf("%d %s", e.Row, e.Field)] = true
		}
		if diff := cmp.Diff(places, want); diff != "" {
			t.Errorf("%s: mistakes (-got +want):\n%s", tt.query, diff)
		}
		kept += tt.kept
		if got.Rows != 8 || got.Failed != 6 || got.Created != tt.created || s.count(t, "good") != kept {
			t.Errorf("%s: report %+v, %d products; want %d", tt.query, got, s.count(t, "good"), kept)
		}
	}
}

func TestImportTellsHowItGoesOnWhileRowsComeIn(t *testing.T) {
	t.Parallel()
	openShop(t).sendSlowly(t, func() {})
}

// Other requests may take a minute and not longer.
func TestImportTakesAsLongAsRowsCome(t *testing.T) {
	t.Parallel()
	const limit = 2 * time.Second
	s := openShop(t, func(server *http.Server) { server.ReadTimeout, server.WriteTimeout = limit, limit })
	s.sendSlowly(t, func() { time.Sleep(limit + limit/4) })
}

// sendSlowly imports 2 500 rows: the last thousand after the first thousand are
// said to be done, and a pause.
func (s *shop) sendSlowly(t *testing.T, pause func()) {
	t.Helper()
	reader, writer := io.Pipe()
	request, err := http.NewRequestWithContext(t.Context(), post, s.URL+"/v1/product-imports", reader)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+admin)
	request.Header.Set("Content-Type", "text/csv")
	write := func(from, to int) {
		for n := from; n < to; n++ {
			fmt.Fprintf(writer, "Thing %d,1.00\n", n) //nolint:errcheck // told by the answer
		}
	}
	go func() {
		io.WriteString(writer, "name,price\n") //nolint:errcheck // told by the answer
		write(0, 1500)
	}()
	response, err := s.HTTP.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	lines := json.NewDecoder(response.Body)
	var line struct {
		Progress struct{ Rows int }
		Report   *report
	}
	if err := lines.Decode(&line); err != nil || line.Progress.Rows != 1000 {
		t.Fatalf("first line = %+v, %v; want progress before the rows end", line, err)
	}
	pause()
	go func() {
		write(1500, 2500)
		writer.Close() //nolint:errcheck // never fails
	}()
	for line.Report == nil {
		if err := lines.Decode(&line); err != nil {
			t.Fatal(err)
		}
	}
	if line.Report.Created != 2500 || line.Report.Failed != 0 {
		t.Errorf("report = %+v", line.Report)
	}
}

func TestBadImportsAreRefused(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	for kind, status := range map[string]int{"": http.StatusUnsupportedMediaType, "application/json": http.StatusUnsupportedMediaType, "text/html": http.StatusUnsupportedMediaType} {
		if got, body := s.raw(t, admin, post, "/v1/product-imports", []byte("x"), "Content-Type", kind); got.StatusCode != status {
			t.Errorf("%q: %s %s, want %d", kind, got.Status, body, status)
		}
	}
	if got, _ := s.raw(t, client, post, "/v1/product-imports", []byte("x"), "Content-Type", "text/csv"); got.StatusCode != http.StatusForbidden {
		t.Errorf("by a client: %s", got.Status)
	}
	if got, _ := s.raw(t, admin, post, "/v1/product-imports?mode=some", []byte("x"), "Content-Type", "text/csv"); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("in no mode: %s", got.Status)
	}
	for _, body := range []string{"", "name,price\n\"open,1\n", "name\nLamp,1\n"} {
		if got := s.send(t, "", "text/csv", body); got.Failed != 1 || got.Created != 0 {
			t.Errorf("%q: %+v", body, got)
		}
	}
}

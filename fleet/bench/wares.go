package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// wares is a catalogue whose words are as frequent as those of a language: the
// most common one is in every fifth product, half of all are in ten or fewer.
type wares struct {
	words []string // the most common first
	texts [][]string
	ids   []string
}

const vocabulary = 8000

func newWares() *wares {
	random := rand.New(rand.NewPCG(1, 2)) // #nosec G404 -- the same each time
	g := &wares{}
	for len(g.words) < vocabulary {
		var word strings.Builder
		for range 2 + random.IntN(3) {
			word.WriteByte("bdfgklmnprstvz"[random.IntN(14)])
			word.WriteByte("aeiou"[random.IntN(5)])
		}
		if !slices.Contains(g.words, word.String()) {
			g.words = append(g.words, word.String())
		}
	}
	common := rand.NewZipf(random, 1.1, 8, vocabulary-1)
	for range stock {
		text := make([]string, 8)
		for i := range text {
			text[i] = g.words[common.Uint64()]
		}
		g.texts = append(g.texts, text)
	}
	return g
}

// csv is the import: three words of name, five of description.
func (g *wares) csv() []byte {
	var b bytes.Buffer
	b.WriteString("name,description,price,quantity\n")
	for i, text := range g.texts {
		fmt.Fprintf(&b, "%s,%s,%d.%02d,%d\n", strings.Join(text[:3], " "), strings.Join(text[3:], " "), i*7919%1000, i%100, i*31%50)
	}
	return b.Bytes()
}

// fill imports the wares, measures that, changes all of them by a second import,
// and learns the ids.
func (t *table) fill(ctx context.Context, b *bench, g *wares) error {
	admin, err := shop.New(b.target.facts.Gateway).SignIn(ctx, "admin@example.com", "OmsDemo!2026")
	if err != nil {
		return err
	}
	token, err := admin.Token(ctx)
	if err != nil {
		return err
	}
	if err := t.importing(ctx, b, "import of new products", token, g.csv()); err != nil {
		return err
	}
	if err := g.learn(ctx, b.products); err != nil {
		return err
	}
	var changes bytes.Buffer
	changes.WriteString("id,price,quantity\n")
	for i, product := range g.ids {
		fmt.Fprintf(&changes, "%s,%d.99,%d\n", product, i%1000, i%60)
	}
	return t.importing(ctx, b, "import of new prices and quantities", token, changes.Bytes())
}

// importing measures an import.
func (t *table) importing(ctx context.Context, b *bench, what, token string, csv []byte) error {
	before := b.usage()
	rate, err := importRows(ctx, b.products, token, csv)
	if err == nil {
		t.add(what, fmt.Sprintf("%.0f/s", rate), "≥ 10000/s", b.usage().minus(before).perOrder(stock))
	}
	return err
}

// importRows sends a CSV and returns the rows a second.
func importRows(ctx context.Context, address, token string, csv []byte) (float64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/v1/product-imports", bytes.NewReader(csv))
	if err != nil {
		return 0, fmt.Errorf("import: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "text/csv")
	began := time.Now()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, fmt.Errorf("import: %w", err)
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, fmt.Errorf("import: %w", err)
	}
	lines := bytes.Split(bytes.TrimSpace(raw), []byte("\n"))
	var last struct{ Report struct{ Rows, Failed int } }
	if err := json.Unmarshal(lines[len(lines)-1], &last); err != nil || last.Report.Rows != stock || last.Report.Failed > 0 {
		return 0, fmt.Errorf("import answered %d: %.300s", response.StatusCode, lines[len(lines)-1])
	}
	return stock / time.Since(began).Seconds(), nil
}

// learn reads the ids of the imported products, page by page.
func (g *wares) learn(ctx context.Context, address string) error {
	w, err := dial(address)
	if err != nil {
		return err
	}
	defer w.close()
	cursor := ""
	for ctx.Err() == nil {
		_, raw, err := w.do(http.MethodGet, "/v1/products?limit=100"+cursor, "", nil)
		if err != nil {
			return err
		}
		var page struct {
			Items      []struct{ ID string }
			NextCursor string
		}
		if err := json.Unmarshal(raw, &page); err != nil {
			return fmt.Errorf("list products: %w in %.200s", err, raw)
		}
		for _, item := range page.Items {
			g.ids = append(g.ids, item.ID)
		}
		if page.NextCursor == "" || len(g.ids) >= stock {
			g.ids = g.ids[:stock]
			return nil
		}
		cursor = "&cursor=" + page.NextCursor
	}
	return ctx.Err()
}

// table is what comes out.
type table struct{ rows [][4]string }

func (t *table) add(what, figure, promised string, cost map[string]float64) {
	maps.DeleteFunc(cost, func(_ string, micros float64) bool { return micros < 1 })
	t.rows = append(t.rows, [4]string{what, figure, promised, join(cost, "%s %.0f")})
	fmt.Println(strings.Join(t.rows[len(t.rows)-1][:], "; "))
}

func (t *table) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintf(w, "\n%d products\tmeasured\tpromised\tprocessor time of one, in µs\n", stock) //nolint:errcheck // to a terminal
	for _, row := range t.rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", row[0], row[1], row[2], row[3]) //nolint:errcheck // to a terminal
	}
	w.Flush() //nolint:errcheck // to a terminal
}

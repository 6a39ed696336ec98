package controller

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/web"
)

// plain is productBody as encoding/json writes it.
type plain productBody

// Products and pages of them write themselves as encoding/json would.
func TestProductsWriteTheJSONThatReflectionWould(t *testing.T) {
	t.Parallel()
	productID, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	at := web.Time{Time: time.Date(2026, 5, 1, 12, 0, 0, 7_000_000, time.FixedZone("east", 7200))}
	texts := []string{"", "Desk Lamp", `6" \ 8"`, "a\nb\tc\x00\x7f", "<b>&</b>", "Grün 日本 💡 \u2028", "broken \xff\xc3"}
	for _, text := range texts {
		for _, b := range []productBody{
			{ID: productID, Name: text, Description: text, Status: text, CreatedAt: at, UpdatedAt: at},
			{ID: productID, Name: text, ImageURL: &text, Price: 123_456, Quantity: 7, OnHand: new(8), Reserved: new(1), UpdatedAt: at},
			{ID: productID, Price: -5, Quantity: -1, OnHand: new(0), Reserved: new(0)},
		} {
			same(t, b, plain(b))
			same(t, web.List[productBody]{Items: []productBody{b, {}}, NextCursor: &text}, web.List[plain]{Items: []plain{plain(b), {}}, NextCursor: &text})
		}
	}
	same(t, web.List[productBody]{Items: []productBody{}}, web.List[plain]{Items: []plain{}})
}

func same(t *testing.T, got web.Appender, want any) {
	t.Helper()
	written, err := got.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	var reflected bytes.Buffer
	encoder := json.NewEncoder(&reflected)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(want); err != nil {
		t.Fatal(err)
	}
	if string(written)+"\n" != reflected.String() {
		t.Errorf("wrote   %s\ninstead %s", written, reflected.Bytes())
	}
}

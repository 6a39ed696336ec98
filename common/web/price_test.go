package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
)

func TestPriceIsANumberOrAText(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	for sent, want := range map[string]string{
		`19.9`: "19.90", `"19.90"`: "19.90", `0`: "0.00", `"0.01"`: "0.01", `9999999999.99`: "9999999999.99", `-0`: "0.00", `7`: "7.00",
	} {
		for _, field := range []string{"price", "fee"} {
			got := s.post(priced(field, sent))
			if got.StatusCode != http.StatusCreated || !strings.Contains(string(got.raw), fmt.Sprintf(`%q:%s,`, field, want)) {
				t.Errorf("%s %s answers %s: %s, want %s", field, sent, got.Status, got.raw, want)
			}
		}
	}
}

// priced is a thing with an amount in one of its fields.
func priced(field, amount string) string {
	if field == "price" {
		return fmt.Sprintf(`{"name":"a","price":%s}`, amount)
	}
	return fmt.Sprintf(`{"name":"a","price":1,%q:%s}`, field, amount)
}

func TestPriceThatIsNoneIsToldAtItsPlace(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	const form, above, below = "is not an amount with at most two decimals, such as 19.90", "is above 9999999999.99", "is below 0.00"
	for sent, want := range map[string]string{
		`1.999`: form, `1e2`: form, `1E-2`: form, `"1e2"`: form, `"1,50"`: form, `""`: form, `" 1"`: form, `"€ 1"`: form, `"NaN"`: form, `"0x1"`: form,
		`true`: form, `{}`: form, `[1]`: form, `{"amount":1}`: form,
		`10000000000.00`: above, `"10000000000"`: above, `99999999999999999999`: above, `1e400`: form, `"` + strings.Repeat("9", 1000) + `"`: above,
		`-0.01`: below, `"-1"`: below, `-99999999999999999999`: below,
	} {
		for _, field := range []string{"price", "fee"} {
			p := s.post(priced(field, sent)).problem(t, http.StatusUnprocessableEntity, fault.CodeInvalidRequest)
			if diff := cmp.Diff([]string{"body." + field + ": " + want}, places(p)); diff != "" {
				t.Errorf("%s %.40s (-want +got):\n%s", field, sent, diff)
			}
		}
	}
}

func TestTimesAreWrittenInUTCWithMilliseconds(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	for sent, want := range map[string]string{
		"2026-01-02T03:04:05Z": "2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05.6789+02:00": "2026-01-02T01:04:05.678Z", "0001-01-01T00:00:00Z": "0001-01-01T00:00:00.000Z",
	} {
		got := s.post(fmt.Sprintf(`{"name":"a","price":1,"at":%q}`, sent))
		if got.StatusCode != http.StatusCreated || !strings.Contains(string(got.raw), `"at":"`+want+`"`) {
			t.Errorf("%s became %s, want %s", sent, got.raw, want)
		}
	}
	for _, wrong := range []string{"2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z", "now", "2026-01-02 03:04:05Z", ""} {
		got := s.post(fmt.Sprintf(`{"name":"a","price":1,"at":%q}`, wrong))
		got.problem(t, http.StatusUnprocessableEntity, fault.CodeInvalidRequest)
		if wrong != "" && strings.Contains(string(got.raw), wrong+`"`) {
			t.Errorf("a value is repeated: %s", got.raw)
		}
	}
}

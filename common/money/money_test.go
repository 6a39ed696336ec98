package money_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/oms-fleet/oms/common/money"
)

func TestPlainDecimalsAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]money.Amount{
		"0": 0, "-0": 0, "0.00": 0, "19.9": 1990, "19.90": 1990, "19.09": 1909, "7": 700, "-3": -300, "-0.01": -1,
		"007.50": 750, "9999999999.99": money.MaxPrice,
		"92233720368547758.07": math.MaxInt64, "-92233720368547758.08": math.MinInt64,
	} {
		if got, err := money.Parse(text); got != want || err != nil {
			t.Errorf("Parse(%q) = %s, %v; want %s", text, got, err, want)
		}
	}
}

func TestWhatHasNoExactFormIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "-", ".", ".5", "5.", "1.999", "1.000", "1e2", "1E2", "+1", "--1", "1-", " 1", "1 ", "1,50", "1_000", "0x10",
		"NaN", "Infinity", "١", "1.٢", "1.-5", "1.2.3", "\x001",
	} {
		if got, err := money.Parse(text); !errors.Is(err, money.ErrSyntax) || got != 0 {
			t.Errorf("Parse(%q) = %s, %v; want ErrSyntax", text, got, err)
		}
	}
	for _, text := range []string{"92233720368547758.08", "-92233720368547758.09", strings.Repeat("9", 400)} {
		if got, err := money.Parse(text); !errors.Is(err, money.ErrOverflow) || got != 0 {
			t.Errorf("Parse(%.30q) = %s, %v; want ErrOverflow", text, got, err)
		}
	}
}

func TestFailuresQuoteOnlyTheBeginning(t *testing.T) {
	t.Parallel()
	_, err := money.Parse(strings.Repeat("x", 1<<20))
	if err == nil || len(err.Error()) > 100 {
		t.Errorf("Parse of a megabyte fails with %d characters, want at most 100", len(err.Error()))
	}
}

func TestAmountsHaveTwoDecimals(t *testing.T) {
	t.Parallel()
	for amount, want := range map[money.Amount]string{
		0: "0.00", 5: "0.05", -5: "-0.05", 99: "0.99", 100: "1.00", -12345: "-123.45", money.MaxPrice: "9999999999.99",
		math.MaxInt64: "92233720368547758.07", math.MinInt64: "-92233720368547758.08",
	} {
		if got := amount.String(); got != want {
			t.Errorf("String of %d cents = %s, want %s", int64(amount), got, want)
		}
	}
}

func TestJSONIsANumberAndMayBeAString(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]money.Amount{`19.90`: 1990, `"19.90"`: 1990, `19.9`: 1990, `-3`: -300, `"0"`: 0} {
		var got money.Amount
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("Unmarshal(%s) = %s, %v; want %s", text, got, err, want)
		}
	}
	for _, wrong := range []string{`1.999`, `1e2`, `""`, `"1e2"`, `" 1"`, `"\u0031"`, `true`, `{}`, `[1]`, `1e400`} {
		got := money.Amount(7)
		if err := json.Unmarshal([]byte(wrong), &got); err == nil || got != 7 {
			t.Errorf("Unmarshal(%s) = %s, %v; want a failure that changes nothing", wrong, got, err)
		}
	}
	out, err := json.Marshal(map[string]money.Amount{"price": 1990})
	if want := `{"price":19.90}`; err != nil || string(out) != want {
		t.Errorf("Marshal = %s, %v; want %s", out, err, want)
	}
}

func TestJSONNullLeavesTheAmountAlone(t *testing.T) {
	t.Parallel()
	got := money.Amount(7)
	if err := json.Unmarshal([]byte("null"), &got); err != nil || got != 7 {
		t.Errorf("Unmarshal(null) = %s, %v; want 0.07", got, err)
	}
}

func TestDecimalColumnsAreReadExactly(t *testing.T) {
	t.Parallel()
	for _, src := range []any{[]byte("19.90"), "19.90"} {
		var got money.Amount
		if err := got.Scan(src); err != nil || got != 1990 {
			t.Errorf("Scan(%v) = %s, %v; want 19.90", src, got, err)
		}
	}
	var got money.Amount
	if err := got.Scan(int64(19)); err != nil || got != 1900 {
		t.Errorf("Scan(19) = %s, %v; want 19.00", got, err)
	}
	for _, wrong := range []any{nil, 19.9, true, []byte("19.900"), "x"} {
		if err := got.Scan(wrong); !errors.Is(err, money.ErrSyntax) {
			t.Errorf("Scan(%v) = %v, want ErrSyntax", wrong, err)
		}
	}
	if value, err := money.Amount(1990).Value(); value != "19.90" || err != nil {
		t.Errorf("Value() = %v, %v; want 19.90", value, err)
	}
}

func TestTheLargestOrderDoesNotOverflow(t *testing.T) {
	t.Parallel()
	var total money.Amount
	for range 100 {
		line, err := money.MaxPrice.Times(10_000)
		if err != nil {
			t.Fatal(err)
		}
		if total, err = total.Plus(line); err != nil {
			t.Fatal(err)
		}
	}
	if want := "9999999999990000.00"; total.String() != want {
		t.Errorf("total = %s, want %s", total, want)
	}
}

package money_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/oms-fleet/oms/common/money"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"0", "19.90", "-0.01", "1e5", "92233720368547758.07", "-92233720368547758.08", "1.999", ".", "00.0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := money.Parse(text)
		if err != nil {
			if got != 0 || (!errors.Is(err, money.ErrSyntax) && !errors.Is(err, money.ErrOverflow)) {
				t.Fatalf("Parse(%q) = %s, %v", text, got, err)
			}
			return
		}
		want, ok := new(big.Rat).SetString(text)
		if !ok || want.Mul(want, big.NewRat(100, 1)).Cmp(big.NewRat(int64(got), 1)) != 0 {
			t.Errorf("Parse(%q) = %s", text, got)
		}
	})
}

func FuzzAmountComesBack(f *testing.F) {
	for _, seed := range edges {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cents int64) {
		want := money.Amount(cents)
		if got, err := money.Parse(want.String()); got != want || err != nil {
			t.Errorf("Parse(%s) = %s, %v", want, got, err)
		}
		raw, err := json.Marshal(want)
		if err != nil || !json.Valid(raw) {
			t.Fatalf("Marshal(%s) = %s, %v", want, raw, err)
		}
		var got money.Amount
		if err := json.Unmarshal(raw, &got); got != want || err != nil {
			t.Errorf("Unmarshal(%s) = %s, %v", raw, got, err)
		}
	})
}

func FuzzUnmarshalJSON(f *testing.F) {
	for _, seed := range []string{`1.5`, `"1.5"`, `null`, `"`, `""`, `"-"`, `1e3`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := money.Amount(7)
		if err := got.UnmarshalJSON(raw); err != nil && got != 7 {
			t.Errorf("UnmarshalJSON(%s) fails and leaves %s", raw, got)
		}
	})
}

// edges are the amounts and factors at which arithmetic goes wrong.
var edges = []int64{0, 1, -1, 2, -2, 3, 99, 100, 1 << 31, 1 << 32, -1 << 32, 3037000499, 3037000500,
	math.MaxInt64, math.MaxInt64 - 1, math.MaxInt64 / 2, math.MinInt64, math.MinInt64 + 1, math.MinInt64 / 2}

func FuzzArithmetic(f *testing.F) {
	for _, a := range edges {
		for _, b := range edges {
			f.Add(a, b)
		}
	}
	f.Fuzz(func(t *testing.T, a, b int64) {
		sum, err := money.Amount(a).Plus(money.Amount(b))
		exact(t, "plus", a, b, sum, err, new(big.Int).Add(big.NewInt(a), big.NewInt(b)))
		product, err := money.Amount(a).Times(b)
		exact(t, "times", a, b, product, err, new(big.Int).Mul(big.NewInt(a), big.NewInt(b)))
	})
}

// exact holds a result against the one of unlimited arithmetic.
func exact(t *testing.T, deed string, a, b int64, got money.Amount, err error, want *big.Int) {
	t.Helper()
	switch {
	case !want.IsInt64():
		if !errors.Is(err, money.ErrOverflow) || got != 0 || strings.Contains(err.Error(), "%!") {
			t.Errorf("%d %s %d = %d, %v; want ErrOverflow", a, deed, b, int64(got), err)
		}
	case err != nil || int64(got) != want.Int64():
		t.Errorf("%d %s %d = %d, %v; want %s", a, deed, b, int64(got), err, want)
	}
}

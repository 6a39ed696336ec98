package contract

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
)

const anID = `"019b7e3a-5b00-7000-8000-0000000000a1"`

func TestEveryMistakeIsListedAtOnce(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		decode func([]byte) (message, error)
		raw    string
		want   []string
	}{
		{"an empty request", asMessage(DecodeValidationRequest), `{}`,
			[]string{"orderId: is missing", "products: is empty"}},
		{"a request with nulls", asMessage(DecodeValidationRequest), `{"orderId":null,"products":null,"fulfilment":null,"placedAt":null}`,
			[]string{"orderId: is missing", "products: is empty"}},
		{"a request with mistakes in every line", asMessage(DecodeValidationRequest),
			`{"orderId":` + anID + `,"fulfilment":"SOME","products":[{"delta":-1},{"id":` + anID + `,"delta":0},{"id":` + anID + `,"delta":-10001},{"delta":5},{"id":` + anID + `,"delta":-10000}]}`,
			[]string{
				"fulfilment: is neither PARTIAL nor ALL_OR_NOTHING",
				"products[0].id: is missing",
				"products[1].delta: is not between -10000 and -1",
				"products[2].delta: is not between -10000 and -1",
				"products[3].id: is missing",
				"products[3].delta: is not between -10000 and -1",
			}},
		{"an empty answer", asMessage(DecodeValidationResponse), `{}`,
			[]string{"orderId: is missing", "result: is none of FULL, PARTIAL, NONE"}},
		{"an answer of no known result", asMessage(DecodeValidationResponse), `{"orderId":` + anID + `,"result":"full"}`,
			[]string{"result: is none of FULL, PARTIAL, NONE"}},
		{"an empty close", asMessage(DecodeReservationClose), `{}`,
			[]string{"orderId: is missing", "outcome: is neither RELEASED nor SHIPPED"}},
		{"an empty erasure", asMessage(DecodeUserErased), `{}`,
			[]string{"userId: is missing"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := tt.decode([]byte(tt.raw))
			found, ok := errors.AsType[*fault.Error](err)
			if !ok || found.Kind != fault.Invalid {
				t.Fatalf("decode %s = %v, want Invalid", tt.raw, err)
			}
			var got []string
			for _, v := range found.Violations {
				got = append(got, v.Location+": "+v.Message)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("violations of %s (-want +got):\n%s", tt.raw, diff)
			}
		})
	}
}

func TestWhatIsNotReadableIsMalformed(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"nothing":           ``,
		"no JSON":           `orderId=1`,
		"half of it":        `{"orderId":`,
		"two of them":       `{}{}`,
		"another type":      `[]`,
		"an id that is not": `{"orderId":"1","userId":"1"}`,
		"a number as id":    `{"orderId":1,"userId":1}`,
	} {
		for _, s := range samples(t) {
			if s.decode == nil {
				continue
			}
			if _, err := s.decode([]byte(raw)); fault.KindOf(err) != fault.Malformed {
				t.Errorf("decode %s as %s = %v, want Malformed", name, s.name, err)
			}
		}
	}
	for _, raw := range []string{
		`{"orderId":` + anID + `,"products":[{"id":` + anID + `,"delta":-1.5}]}`,
		`{"orderId":` + anID + `,"products":[{"id":` + anID + `,"delta":"-1"}]}`,
		`{"orderId":` + anID + `,"products":{},"placedAt":"yesterday"}`,
	} {
		if _, err := DecodeValidationRequest([]byte(raw)); fault.KindOf(err) != fault.Malformed {
			t.Errorf("DecodeValidationRequest(%s) = %v, want Malformed", raw, err)
		}
	}
}

func TestWhatIsTooLargeIsNotRead(t *testing.T) {
	t.Parallel()
	fits := `{"userId":` + anID + `,"note":"` + strings.Repeat("x", MaxBytes-59) + `"}`
	if len(fits) != MaxBytes {
		t.Fatalf("the largest sample has %d bytes, want %d", len(fits), MaxBytes)
	}
	if _, err := DecodeUserErased([]byte(fits)); err != nil {
		t.Errorf("decode %d bytes: %v", len(fits), err)
	}
	if _, err := DecodeUserErased([]byte(fits + " ")); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("decode %d bytes = %v, want TooLarge", len(fits)+1, err)
	}
}

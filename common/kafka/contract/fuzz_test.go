package contract

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
)

// fuzz checks what holds for every input: it is read, and then means the same
// when it is written and read again; or it is refused as the message's own
// fault.
func fuzz[M message](f *testing.F, decode func([]byte) (M, error)) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("no samples to begin with: %v", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file) // #nosec G304 -- in testdata
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		first, err := decode(raw)
		if err != nil {
			switch kind := fault.KindOf(err); kind {
			case fault.Malformed, fault.Invalid, fault.TooLarge:
				return
			default:
				t.Fatalf("decode %q = %v of kind %v, want the message's own fault", raw, err, kind)
			}
		}
		written, err := json.Marshal(first)
		if err != nil {
			t.Fatalf("write %+v: %v", first, err)
		}
		again, err := decode(written)
		if err != nil {
			t.Fatalf("read what was written, %s: %v", written, err)
		}
		rewritten, err := json.Marshal(again)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(written), string(rewritten)); diff != "" {
			t.Fatalf("%q changes with each reading:\n%s", raw, diff)
		}
		if topic, _, key := first.about(); topic == "" || key.IsZero() {
			t.Fatalf("%q was accepted without a key", raw)
		}
	})
}

func FuzzDecodeValidationRequest(f *testing.F)  { fuzz(f, DecodeValidationRequest) }
func FuzzDecodeValidationResponse(f *testing.F) { fuzz(f, DecodeValidationResponse) }
func FuzzDecodeReservationClose(f *testing.F)   { fuzz(f, DecodeReservationClose) }
func FuzzDecodeUserErased(f *testing.F)         { fuzz(f, DecodeUserErased) }

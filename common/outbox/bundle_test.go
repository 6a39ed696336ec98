package outbox

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

func FuzzUnpack(f *testing.F) {
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{0xff}, 64))
	f.Add(pack([]contract.Record{
		{Topic: "a", Key: id.ID{1}, ID: id.ID{2}, Type: "B", Body: []byte("{}"), Traceparent: "00"},
		{ID: id.ID{3}, Body: bytes.Repeat([]byte{'x'}, 300)},
	}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		records, err := unpack(raw)
		if err != nil {
			return
		}
		again, err := unpack(pack(records))
		if diff := cmp.Diff(records, again); diff != "" || err != nil {
			t.Errorf("what is packed comes back as %v (-want +got):\n%s", err, diff)
		}
	})
}

func TestDamagedBundleIsAFailure(t *testing.T) {
	t.Parallel()
	whole := pack([]contract.Record{{Topic: "a", ID: id.ID{2}, Body: []byte("{}")}})
	for cut := 1; cut < len(whole); cut++ {
		if records, err := unpack(whole[:cut]); err == nil {
			t.Errorf("the first %d bytes of a bundle are read as %+v, want a failure", cut, records)
		}
	}
}

package page_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/page"
)

func key(n byte) page.Key { return page.Key{ID: id.ID{n}} }

func TestRowBeyondTheLimitTellsThatThereIsMore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rows []byte
		want page.Page[byte]
	}{
		{nil, page.Page[byte]{}},
		{[]byte{1}, page.Page[byte]{Items: []byte{1}}},
		{[]byte{1, 2}, page.Page[byte]{Items: []byte{1, 2}}},
		{[]byte{1, 2, 3}, page.Page[byte]{Items: []byte{1, 2}, Next: &page.Key{ID: id.ID{2}}}},
	} {
		if diff := cmp.Diff(c.want, page.Cut(c.rows, 2, key)); diff != "" {
			t.Errorf("Cut(%v, 2) (-want +got):\n%s", c.rows, diff)
		}
	}
}

package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/outbox"
)

func TestWhatIsCommittedWhileAServiceStopsStillGoesOut(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, migrations)
	var b broker
	r := &running{Relay: outbox.NewRelay(db, b.publish, slog.New(slog.DiscardHandler))}
	ctx, cancel := context.WithCancel(t.Context())
	late, wrong := record(t, "late"), errors.New("wrong")
	err := r.Around(ctx, func(ctx context.Context) error {
		r.direct(t, &b)
		cancel()
		<-ctx.Done()
		add(t, db, late)
		r.Offer(late)
		return wrong
	})
	if !b.has(late) {
		t.Error("what was committed after the end of the context is not published")
	}
	if left := count(t, db); left != 0 {
		t.Errorf("%d rows are left in the outbox", left)
	}
	if !errors.Is(err, wrong) {
		t.Errorf("Around = %v, want what work returned", err)
	}
}

package service_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/order-service/internal/service"
)

func TestBacklogRefusesWhenMoreThanTheLimitWait(t *testing.T) {
	t.Parallel()
	b := service.NewBacklog(2)
	for i := range 3 {
		if err := b.Enter(t.Context()); err != nil {
			t.Errorf("Enter with %d waiting = %v", i, err)
		}
	}
	if err := b.Enter(t.Context()); fault.CodeOf(err) != fault.CodeOverloaded || b.Waiting() != 3 {
		t.Errorf("Enter with 3 waiting = %v, then %d; want OVERLOADED and 3", err, b.Waiting())
	}
	b.Left(1)
	if err := b.Enter(t.Context()); err != nil {
		t.Errorf("Enter when one has left = %v", err)
	}
	b.Set(0)
	if err := b.Enter(t.Context()); err != nil || b.Waiting() != 1 {
		t.Errorf("Enter after a count of none = %v, then %d", err, b.Waiting())
	}
}

func TestManyAtOnceDoNotSlipThroughTogether(t *testing.T) {
	t.Parallel()
	b := service.NewBacklog(99)
	var admitted atomic.Int64
	var all sync.WaitGroup
	for range 1000 {
		all.Go(func() {
			if b.Enter(t.Context()) == nil {
				admitted.Add(1)
			}
		})
	}
	all.Wait()
	if n := admitted.Load(); n != 100 || b.Waiting() != int(n) {
		t.Errorf("%d admitted, %d wait; want 100", n, b.Waiting())
	}
}

package service_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// diary is a follower that notes what it is told, and when.
type diary struct {
	start  time.Time
	lines  []string
	refuse error // what Tell fails with
}

func (d *diary) Tell(steps []entity.Step) error {
	for _, step := range steps {
		d.note(string(step.To))
	}
	return d.refuse
}

func (d *diary) Idle() error {
	d.note("idle")
	return nil
}

func (d *diary) note(text string) { d.lines = append(d.lines, time.Since(d.start).String()+" "+text) }

// follow follows an order until the end and returns what was told.
func (s *shop) follow(ctx context.Context, t *testing.T, orderID id.ID, after int, done <-chan struct{}) ([]string, error) {
	t.Helper()
	d := &diary{start: time.Now()}
	err := s.Follow(ctx, orderID, after, done, d)
	s.nobodyWaits(t)
	return d.lines, err
}

func TestFollowerHearsOfEachStepUntilTheOrderIsFinal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(10)
		o := s.place(t)
		time.AfterFunc(5*time.Second, func() { s.settle(t, o) })
		time.AfterFunc(48*time.Second, func() {
			if _, err := s.Ship(t.Context(), admin, change(o.ID)); err != nil {
				t.Error(err)
			}
		})
		got, err := s.follow(t.Context(), t, o.ID, 0, nil)
		want := []string{"0s NEW", "5s CONFIRMED", "20s idle", "35s idle", "48s SHIPPED"}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("Follow told %q, %v; want %q", got, err, want)
		}
		if got, err := s.follow(t.Context(), t, o.ID, 1, nil); err != nil || !slices.Equal(got, []string{"0s CONFIRMED", "0s SHIPPED"}) {
			t.Errorf("Follow after the first step told %q, %v", got, err)
		}
	})
}

// TestStepTakenBetweenReadingAndWaitingIsNotMissed settles the order when its
// history has been read and before the follower waits.
func TestStepTakenBetweenReadingAndWaitingIsNotMissed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(10)
		o := s.place(t)
		reads := 0
		s.store.recalled = func() {
			if reads++; reads == 2 {
				if _, err := s.Cancel(t.Context(), ada, change(o.ID)); err != nil {
					t.Error(err)
				}
			}
		}
		got, err := s.follow(t.Context(), t, o.ID, 0, nil)
		if err != nil || !slices.Equal(got, []string{"0s NEW", "0s CANCELLED"}) {
			t.Errorf("Follow told %q, %v", got, err)
		}
	})
}

func TestFollowingEnds(t *testing.T) {
	t.Parallel()
	broken := errors.New("gone")
	for name, tt := range map[string]struct {
		end  func(s *shop, cancel context.CancelFunc) (done <-chan struct{})
		want error
	}{
		"when the server stops": {func(*shop, context.CancelFunc) <-chan struct{} { return after(time.Second) }, nil},
		"when the follower leaves": {func(_ *shop, cancel context.CancelFunc) <-chan struct{} {
			time.AfterFunc(time.Second, cancel)
			return nil
		}, context.Canceled},
		"when nothing can be read": {func(s *shop, _ context.CancelFunc) <-chan struct{} { s.store.broken = broken; return nil }, broken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := open(10)
				o := s.place(t)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				done := tt.end(s, cancel)
				if _, err := s.follow(ctx, t, o.ID, 0, done); !errors.Is(err, tt.want) {
					t.Errorf("Follow = %v, want %v", err, tt.want)
				}
			})
		})
	}
}

func TestFollowerWhoCannotBeToldEndsTheFollowing(t *testing.T) {
	t.Parallel()
	s := open(10)
	gone := errors.New("connection reset")
	if err := s.Follow(t.Context(), s.place(t).ID, 0, nil, &diary{refuse: gone}); !errors.Is(err, gone) {
		t.Errorf("Follow = %v, want the follower's failure", err)
	}
	s.nobodyWaits(t)
}

func TestFollowableIsWhatCanStillTakeSteps(t *testing.T) {
	t.Parallel()
	s := open(10)
	waiting, final := s.place(t), s.place(t)
	if _, err := s.Cancel(t.Context(), ada, change(final.ID)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		order       *entity.Order
		seen, after int
		more        bool
	}{
		{waiting, 0, 0, true},
		{waiting, 1, 1, true},
		{waiting, 5, 0, true}, // never taken: from the beginning
		{final, -1, 0, true},
		{final, 1, 1, true},
		{final, 2, 2, false},
		{final, 3, 0, true},
	} {
		after, more, err := s.Followable(t.Context(), ada, tt.order.ID, tt.seen)
		if err != nil || after != tt.after || more != tt.more {
			t.Errorf("Followable after %d = %d, %t, %v; want %d, %t", tt.seen, after, more, err, tt.after, tt.more)
		}
	}
}

package broker_test

import (
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func TestGroupStartsAtTheFirstMessageAndGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.publish(t, numbered("early", 20)...)
	var first, second diary
	stop := run(t, s.listener(first.note))
	eventually(t, "what was there before the group is handled", func() bool { return first.has(numbered("early", 20)...) })
	stop()
	s.publish(t, numbered("late", 20)...)
	run(t, s.listener(second.note))
	eventually(t, "the rest is handled", func() bool { return second.has(numbered("late", 20)...) })
	if second.has("early-0") {
		t.Error("a committed message came again")
	}
}

func TestListenersOfAGroupShareTheWorkAndLoseNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	var a, b diary
	stopA := run(t, s.listener(a.note))
	all := numbered("zero", 50)
	s.publish(t, all...)
	eventually(t, "one works alone", func() bool { return a.has(all...) })

	run(t, s.listener(b.note))
	for round := 0; b.size() == 0; round++ {
		bodies := numbered("both-"+string(rune('a'+round%26)), 20)
		s.publish(t, bodies...)
		all = append(all, bodies...)
		eventually(t, "both work", func() bool { return union(&a, &b, bodies) })
	}
	var leaving sync.WaitGroup
	leaving.Go(stopA)
	for round := range 10 {
		bodies := numbered("left-"+string(rune('a'+round)), 20)
		s.publish(t, bodies...)
		all = append(all, bodies...)
	}
	leaving.Wait()
	eventually(t, "nothing is lost", func() bool { return union(&a, &b, all) })
}

// union reports whether a and b together handled all bodies.
func union(a, b *diary, bodies []string) bool {
	for _, body := range bodies {
		if a.count(body)+b.count(body) == 0 {
			return false
		}
	}
	return true
}

func TestSessionsAreAsShortAsTheBrokerAllows(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		allowed, want time.Duration
		warned        bool
	}{
		{time.Second, 3 * time.Second, false},
		{6 * time.Second, 6 * time.Second, true}, // a broker's default
		{8 * time.Second, 10 * time.Second, true},
	} {
		t.Run(tt.allowed.String(), func(t *testing.T) {
			t.Parallel()
			cluster := fake(t, kfake.GroupMinSessionTimeout(tt.allowed))
			var mu sync.Mutex
			var last time.Duration
			cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.JoinGroup}, Observe: true, Count: -1, When: func(r kmsg.Request) bool {
				mu.Lock()
				defer mu.Unlock()
				last = time.Duration(r.(*kmsg.JoinGroupRequest).SessionTimeoutMillis) * time.Millisecond
				return true
			}})
			s := openAt(t, cluster.ListenAddrs())
			var log lines
			var d diary
			run(t, s.listenerWith(d.note, slog.New(slog.NewTextHandler(&log, nil))))
			s.publish(t, "x")
			eventually(t, "the message is handled", func() bool { return d.has("x") })
			mu.Lock()
			defer mu.Unlock()
			if last != tt.want {
				t.Errorf("session = %s, want %s", last, tt.want)
			}
			if got := strings.Contains(log.String(), "short session"); got != tt.warned {
				t.Errorf("warned = %t, want %t; log:\n%s", got, tt.warned, log.String())
			}
		})
	}
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"
)

// sessions is how many connections refresh at once, each a session of its own.
const sessions = 32

// crowd is how many sign in at the same moment.
const crowd = 300

// authReport is what `make bench-auth` prints of a running user-service.
type authReport struct {
	refreshes float64 // a second
	took      quantiles
	cpu       map[string]float64 // microseconds a refresh, by process

	let, refused  int     // of the crowd: 200, 503
	crowdTook     float64 // seconds
	peak, after   float64 // MiB of user-service: at most, and when it has been quiet
	before, quiet float64 // MiB before any of it, and seconds until it was as after
}

// measureAuth measures user-service: how many sessions are refreshed a second,
// and what a crowd at the door does to it.
func measureAuth(ctx context.Context, t *target, length time.Duration) error {
	b := &bench{target: t}
	address := host(t.facts.Services["user-service"])
	if len(t.facts.Accounts) == 0 {
		return errNoAdmin
	}
	login, err := json.Marshal(map[string]string{"email": t.facts.Accounts[0].Email, "password": t.facts.Accounts[0].Password})
	if err != nil {
		return fmt.Errorf("write a sign-in: %w", err)
	}
	r := &authReport{before: b.memory()["user-service"]}
	if err := b.refresh(ctx, r, address, login, length); err != nil {
		return err
	}
	if err := b.crowd(ctx, r, address, login); err != nil {
		return err
	}
	r.print(os.Stdout)
	return nil
}

// refresh refreshes sessions, each again and again on a connection of its own.
func (b *bench) refresh(ctx context.Context, r *authReport, address string, login []byte, length time.Duration) error {
	starting := make([]*refresher, sessions)
	for i := range starting {
		w, err := dial(address)
		if err != nil {
			return err
		}
		defer w.close()
		starting[i] = &refresher{wire: w}
		if err := starting[i].trade("/v1/auth/login", login); err != nil {
			return err
		}
	}
	before, began := b.usage(), time.Now()
	failures := make([]error, len(starting))
	var all sync.WaitGroup
	for i, one := range starting {
		all.Go(func() { failures[i] = one.run(ctx, began.Add(length)) })
	}
	all.Wait()
	took, spent := time.Since(began), b.usage().minus(before)
	var times []time.Duration
	for _, one := range starting {
		times = append(times, one.times...)
	}
	r.refreshes, r.took, r.cpu = float64(len(times))/took.Seconds(), spread(times), spent.perOrder(int64(len(times)))
	return errors.Join(failures...)
}

// refresher is one session.
type refresher struct {
	wire  *wire
	token []byte
	times []time.Duration
}

func (r *refresher) run(ctx context.Context, end time.Time) error {
	for ctx.Err() == nil && time.Now().Before(end) {
		began := time.Now()
		body := append(append([]byte(`{"refreshToken":"`), r.token...), `"}`...)
		if err := r.trade("/v1/auth/refresh", body); err != nil {
			return err
		}
		r.times = append(r.times, time.Since(began))
	}
	return nil
}

// trade asks for tokens and keeps the refresh token.
func (r *refresher) trade(path string, body []byte) error {
	status, answer, err := r.wire.do(http.MethodPost, path, "", body)
	if err != nil {
		return err
	}
	_, rest, _ := bytes.Cut(answer, []byte(`"refreshToken":"`))
	token, _, found := bytes.Cut(rest, []byte(`"`))
	if status != http.StatusOK || !found {
		return fmt.Errorf("%s answered %d %s", path, status, answer)
	}
	r.token = append(r.token[:0], token...)
	return nil
}

// crowd signs many in at the same moment and watches the memory.
func (b *bench) crowd(ctx context.Context, r *authReport, address string, login []byte) error {
	watching, stop := context.WithCancel(ctx)
	peaked := make(chan float64, 1)
	go func() { peaked <- b.peak(watching) }()
	began, statuses, failures := time.Now(), make([]int, crowd), make([]error, crowd)
	var all sync.WaitGroup
	for i := range crowd {
		all.Go(func() { statuses[i], failures[i] = signIn(address, login) })
	}
	all.Wait()
	r.crowdTook = time.Since(began).Seconds()
	stop()
	r.peak = <-peaked
	for _, status := range statuses {
		switch status {
		case http.StatusOK:
			r.let++
		case http.StatusServiceUnavailable:
			r.refused++
		default:
			failures = append(failures, fmt.Errorf("a sign-in answered %d", status))
		}
	}
	r.after, r.quiet = b.settle(ctx)
	return errors.Join(failures...)
}

func signIn(address string, login []byte) (status int, err error) {
	w, err := dial(address)
	if err != nil {
		return 0, err
	}
	defer w.close()
	status, _, err = w.do(http.MethodPost, "/v1/auth/login", "", login)
	return status, err
}

// peak is the most memory that user-service had until ctx ended.
func (b *bench) peak(ctx context.Context) (most float64) {
	for ctx.Err() == nil {
		most = max(most, b.memory()["user-service"])
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Millisecond):
		}
	}
	return most
}

// settle waits, 10 s at most, until the memory of user-service does not shrink
// any more, and returns what is left and how long that took.
func (b *bench) settle(ctx context.Context) (left, took float64) {
	began := time.Now()
	left = b.memory()["user-service"]
	for ctx.Err() == nil && time.Since(began) < 10*time.Second {
		time.Sleep(100 * time.Millisecond)
		if now := b.memory()["user-service"]; now < left-1 {
			left, took = now, time.Since(began).Seconds()
		}
	}
	return left, took
}

func (r *authReport) print(w io.Writer) {
	line := func(what, format string, figures ...any) {
		fmt.Fprintf(w, "%-44s %s\n", what, fmt.Sprintf(format, figures...)) //nolint:errcheck // to a terminal
	}
	line("refresh by HTTP", "%.0f/s, %s", r.refreshes, r.took)
	line("  processor time of one", "%s", join(r.cpu, "%s %.0f µs"))
	line(fmt.Sprintf("%d sign-ins at once", crowd), "%d let in, %d told to wait (503), in %.1f s", r.let, r.refused, r.crowdTook)
	line("  memory of user-service", "%.0f MiB before, %.0f at most, %.0f %.1f s after", r.before, r.peak, r.after, r.quiet)
}

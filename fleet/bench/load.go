package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// tally is what the workers of one measurement saw.
type tally struct {
	placed  atomic.Int64
	refused atomic.Int64 // 503, which back-pressure answers

	mu       sync.Mutex
	accept   []time.Duration
	failures []error
}

func (t *tally) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failures = append(t.failures, err)
}

func (b *bench) anyProduct() string { return b.shelf[rand.IntN(len(b.shelf))] } // #nosec G404 -- load

func (b *bench) hotProduct() string { return b.shelf[0] }

// place sends one order, at a moment from which its latencies count.
func (b *bench) place(w *wire, t *tally, product string, since time.Time) (took time.Duration, err error) {
	body := `{"products":[{"id":"` + product + `","quantity":1}],"address":"1 Bench Street"}`
	token := b.tokens[rand.IntN(len(b.tokens))] // #nosec G404 -- load
	status, answer, err := w.do(http.MethodPost, "/v1/orders", token, []byte(body))
	if err != nil {
		return 0, err
	}
	switch status {
	case http.StatusCreated:
		const from, to = len(`{"orderId":"`), len(`{"orderId":"`) + 36
		b.watch.sent(string(answer[from:to]), since)
		t.placed.Add(1)
		return time.Since(since), nil
	case http.StatusServiceUnavailable:
		t.refused.Add(1)
		return 0, nil
	}
	return 0, fmt.Errorf("placing answered %d: %.200s", status, answer)
}

// closed has so many workers place one order after the other.
func (b *bench) closed(ctx context.Context, length time.Duration, workers int, product func() string) (load, error) {
	return b.during(ctx, length, workers, func(w *wire, t *tally, _ int, stop <-chan struct{}) ([]time.Duration, error) {
		var accept []time.Duration
		for !over(stop) {
			took, err := b.place(w, t, product(), time.Now())
			if err != nil {
				return accept, err
			}
			if took == 0 {
				pause(stop, 5*time.Millisecond)
				continue
			}
			accept = append(accept, took)
			if workers == 1 { // one order at a time: the next begins when this one is final
				for b.watch.waiting() > 0 && !over(stop) {
					pause(stop, 100*time.Microsecond)
				}
			}
		}
		return accept, nil
	})
}

// open sends orders at a fixed rate, whatever the answers take: a late one
// counts from when it should have been sent.
func (b *bench) open(ctx context.Context, length time.Duration, rate int) (load, error) {
	const workers = 128
	begin := time.Now().Add(10 * time.Millisecond)
	return b.during(ctx, length, workers, func(w *wire, t *tally, number int, stop <-chan struct{}) ([]time.Duration, error) {
		var accept []time.Duration
		for i := number; ; i += workers {
			due := begin.Add(time.Duration(i) * time.Second / time.Duration(rate))
			pause(stop, time.Until(due))
			if over(stop) {
				return accept, nil
			}
			took, err := b.place(w, t, b.anyProduct(), due)
			if err != nil {
				return accept, err
			}
			accept = append(accept, took)
		}
	})
}

// flood tries to send four times what the fleet can confirm: it would, were it
// answered at once.
func (b *bench) flood(ctx context.Context, length time.Duration, workers int, normal float64) (flood, error) {
	before := b.memory()
	found, err := b.during(ctx, length, workers, func(w *wire, t *tally, _ int, stop <-chan struct{}) ([]time.Duration, error) {
		var accept []time.Duration
		gap := time.Duration(float64(workers) / (4 * normal) * float64(time.Second))
		for !over(stop) {
			began := time.Now()
			took, err := b.place(w, t, b.anyProduct(), began)
			if err != nil {
				return accept, err
			}
			if took > 0 {
				accept = append(accept, took)
			}
			pause(stop, gap-time.Since(began))
		}
		return accept, nil
	})
	if err != nil {
		return flood{}, err
	}
	after, err := b.closed(ctx, max(length/6, 2*time.Second), 256, b.anyProduct)
	return flood{
		load: found, OfferedPerSecond: float64(found.Placed+found.Refused) / length.Seconds(), KeptShare: found.ConfirmedPerSecond / normal,
		AfterShare: after.ConfirmedPerSecond / normal, MemoryBefore: before, MemoryAfter: b.memory(),
	}, err
}

// during runs workers for a while and sums up what happened.
func (b *bench) during(
	ctx context.Context, length time.Duration, workers int,
	work func(w *wire, t *tally, number int, stop <-chan struct{}) ([]time.Duration, error),
) (load, error) {
	b.watch.reset()
	t, stop := &tally{}, make(chan struct{})
	used, began, confirmed := b.usage(), time.Now(), b.watch.confirmed.Load()
	var all sync.WaitGroup
	for i := range workers {
		all.Go(func() {
			w, err := dial(b.orders)
			if err != nil {
				t.fail(err)
				return
			}
			defer w.close()
			accept, err := work(w, t, i, stop)
			t.mu.Lock()
			t.accept = append(t.accept, accept...)
			t.mu.Unlock()
			if err != nil {
				t.fail(err)
			}
		})
	}
	select {
	case <-time.After(length):
	case <-ctx.Done():
	}
	took := time.Since(began)
	done := b.watch.confirmed.Load() - confirmed
	spent := b.usage().minus(used)
	close(stop)
	stopped := time.Now()
	all.Wait()
	if err := b.settled(ctx); err != nil {
		return load{}, err
	}
	return load{
		SettledAfter: time.Since(stopped).Seconds(),
		Placed:       t.placed.Load(), Refused: t.refused.Load(), ConfirmedPerSecond: float64(done) / took.Seconds(),
		AcceptMs: spread(t.accept), FinalMs: spread(b.watch.took()), CPUMicrosPerOrder: spent.perOrder(done),
	}, errors.Join(append(t.failures, ctx.Err())...)
}

func over(stop <-chan struct{}) bool {
	select {
	case <-stop:
		return true
	default:
		return false
	}
}

func pause(stop <-chan struct{}, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-stop:
	}
}

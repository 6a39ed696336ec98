// Package drill keeps a fleet busy as clients do who do not give up: each order
// has an idempotency key and is asked for again until it is accepted, so that
// afterwards it is known which orders there must be.
package drill

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/shop"
)

const (
	products = 10
	stock    = 1_000_000
	again    = 200 * time.Millisecond // before an order is asked for again
	settle   = 3 * time.Second        // of load after the event, for what goes wrong late
)

// Load is orders at a steady rate, some of them called off or shipped.
type Load struct {
	Shop     *shop.Shop
	Admin    *shop.Person
	Rate     int           // orders a second
	Strict   bool          // a failed request is a failure
	Longest  time.Duration // a slower answer is a failure
	Patience time.Duration // how long an order may take to be accepted
}

// While runs event under load and returns what was accepted until a little after
// it ended. It fails when the event does, when an order is never accepted, or
// when answers were too slow or, if the load is strict, failed.
func (l Load) While(ctx context.Context, event func(context.Context) error) (shop.Ledger, *Tally, error) {
	tally := &Tally{}
	b, err := l.begin(ctx, tally)
	if err != nil {
		return shop.Ledger{}, tally, err
	}
	over, stop := context.WithCancel(ctx)
	defer stop()
	broke := make(chan error, 1)
	go func() {
		defer stop()
		broke <- event(ctx)
		select {
		case <-time.After(settle):
		case <-ctx.Done():
		}
	}()
	b.run(ctx, over.Done())
	return b.ledger, tally, errors.Join(<-broke, b.err, l.judge(tally))
}

// judge holds the answers against what the load may expect.
func (l Load) judge(t *Tally) error {
	var broken []error
	if t.Longest() > l.Longest {
		broken = append(broken, fmt.Errorf("an answer took %s, more than %s", t.Longest(), l.Longest))
	}
	if t.Strange() > 0 {
		broken = append(broken, fmt.Errorf("%d answers were a 5xx other than 503", t.Strange()))
	}
	if l.Strict && t.Failed() > 0 {
		broken = append(broken, fmt.Errorf("%d requests failed", t.Failed()))
	}
	return errors.Join(broken...)
}

// busy is a load under way.
type busy struct {
	Load
	client *shop.Person
	tally  *Tally

	mu     sync.Mutex
	ledger shop.Ledger
	err    error
}

func (l Load) begin(ctx context.Context, tally *Tally) (*busy, error) {
	client, err := l.Shop.NewClient(ctx)
	if err != nil {
		return nil, fmt.Errorf("register a client: %w", err)
	}
	b := &busy{Load: l, client: client, tally: tally}
	for n := range products {
		made, err := l.Admin.Create(ctx, fmt.Sprintf("Drill %s %d", rand.Text()[:6], n), "19.90", stock)
		if err != nil {
			return nil, fmt.Errorf("create a product: %w", err)
		}
		b.ledger.Products = append(b.ledger.Products, made.ID)
	}
	return b, nil
}

// run places orders until over, and returns when all of them are accepted.
func (b *busy) run(ctx context.Context, over <-chan struct{}) {
	var all sync.WaitGroup
	defer all.Wait()
	ticker := time.NewTicker(time.Second / time.Duration(b.Rate))
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-over:
			return
		case <-ticker.C:
			all.Go(func() { b.order(ctx, n) })
		}
	}
}

// order sees the nth order through.
func (b *busy) order(ctx context.Context, n int) {
	ctx, cancel := context.WithTimeout(ctx, b.Patience)
	defer cancel()
	product := func(k int) string { return b.ledger.Products[k%products] }
	placing := shop.Placing{Key: rand.Text(), Lines: []shop.Line{{ID: product(n), Quantity: 1 + n%3}, {ID: product(n + 1), Quantity: 1}}}
	orderID, err := b.place(ctx, placing.Call())
	b.mu.Lock()
	if err != nil {
		b.err = err
	} else {
		b.ledger.Orders = append(b.ledger.Orders, orderID)
	}
	b.mu.Unlock()
	switch {
	case err != nil:
	case n%5 == 0:
		b.ask(ctx, "cancel", b.client, shop.Call{Method: http.MethodPost, Path: "/v1/orders/" + orderID + "/cancel"})
	case n%7 == 0:
		b.ship(ctx, orderID)
	}
}

// place asks for an order until it is accepted.
func (b *busy) place(ctx context.Context, call shop.Call) (orderID string, err error) {
	for {
		answer := b.ask(ctx, "place", b.client, call)
		if answer != nil && answer.Status == http.StatusCreated {
			var order shop.Order
			err := json.Unmarshal(answer.Body, &order)
			return order.ID, err
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("an order was never accepted: %w", ctx.Err())
		case <-time.After(again):
		}
	}
}

// ship ships an order when it is settled, if it is to be had.
func (b *busy) ship(ctx context.Context, orderID string) {
	call := shop.Call{Method: http.MethodGet, Path: "/v1/orders/" + orderID}
	for range 10 {
		var order shop.Order
		if answer := b.ask(ctx, "read", b.client, call); answer != nil && json.Unmarshal(answer.Body, &order) == nil && order.Status == "CONFIRMED" {
			b.ask(ctx, "ship", b.Admin, shop.Call{Method: http.MethodPut, Path: call.Path + "/status", Body: map[string]string{"status": "SHIPPED"}})
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(again):
		}
	}
}

// ask makes a call and counts its answer, nil if there is none.
func (b *busy) ask(ctx context.Context, what string, who *shop.Person, call shop.Call) *shop.Answer {
	begun := time.Now()
	answer, err := who.Do(ctx, call)
	if err != nil {
		b.tally.note(what, 0, time.Since(begun))
		return nil
	}
	b.tally.note(what, answer.Status, time.Since(begun))
	return answer
}

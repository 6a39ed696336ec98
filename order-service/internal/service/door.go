package service

import (
	"context"
	"time"
)

// Requests to place an order wait at the door, in turn and before anything of them
// is looked at, which is where waiting costs least. They wait for three things:
//
//   - ease, as placing is cheaper than settling: while more than a tenth of the limit
//     wait, so that clients who place one order after the other wait for the fleet,
//     and not their orders; for a moment, and not while no order leaves;
//   - attention: only so many are looked at together, as each then has its memory;
//   - room below the limit: a refusal has its price too, and a client that asks again
//     at once asks less often then. Not while no order leaves.
const (
	easeWait  = 100 * time.Millisecond
	attention = 512
	// Who is refused has waited for as long as it is then asked to stay away.
	doorWait = retryAfter
)

// visitor waits at the door.
type visitor struct {
	turn  chan struct{} // closed when it is in
	in    bool
	eased bool // it has waited for ease
}

// Admit lets a request in that wants to place an order. It fails with
// fault.CodeOverloaded when there is no room and either as many as the limit wait
// at the door already or none came in time. One that may have placed its order
// before, as it has an idempotency key, is let in also while no order leaves:
// looking at it keeps nobody from settling then.
//
// The context that it returns is the one to Enter with. Until then, or until it
// ends, the request counts as one that will.
func (b *Backlog) Admit(ctx context.Context, keyed bool) (context.Context, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.door.Len() == 0 && b.mayComeIn(b.noEase):
		b.count()
	case b.door.Len() < b.limit && (b.room() > 0 || !b.noRoom) && b.wait(ctx): // counted by who let us in
	case keyed && b.noRoom:
		return ctx, nil
	default:
		return nil, overloaded()
	}
	return b.ticket(ctx), nil
}

func (b *Backlog) mayComeIn(eased bool) bool {
	return b.room() > 0 && b.busy < attention && (eased || b.waiting+b.coming <= b.ease)
}

func (b *Backlog) count() {
	b.coming++
	b.busy++
}

// letIn lets in whose turn it is. Who came first has waited longest for ease.
func (b *Backlog) letIn() {
	for b.door.Len() > 0 {
		first := b.door.Front().Value.(*visitor) //nolint:forcetypeassert // nothing else is put in
		if !b.mayComeIn(first.eased || b.noEase) {
			return
		}
		b.door.Remove(b.door.Front())
		b.count()
		first.in = true
		close(first.turn)
	}
}

// wait queues, with b.mu unlocked meanwhile, and reports whether it was let in.
func (b *Backlog) wait(ctx context.Context) bool {
	v := &visitor{turn: make(chan struct{})}
	place, before := b.door.PushBack(v), b.left
	if b.stay(ctx, v, easeWait) {
		v.eased, b.noEase = true, b.left == before
		b.letIn()
	}
	if !v.in && b.stay(ctx, v, doorWait-easeWait) {
		b.noRoom = b.left == before
	}
	if v.in {
		return true
	}
	b.door.Remove(place)
	if ctx.Err() != nil || b.room() <= 0 {
		return false
	}
	b.count() // it was attention that did not come
	return true
}

// stay waits for a visitor's turn and reports whether it came to nothing: it was
// not let in and has not gone away.
func (b *Backlog) stay(ctx context.Context, v *visitor, patience time.Duration) bool {
	b.mu.Unlock()
	over := time.NewTimer(patience)
	defer over.Stop()
	select {
	case <-v.turn:
	case <-over.C:
	case <-ctx.Done():
	}
	b.mu.Lock()
	return !v.in && ctx.Err() == nil
}

// ticket is what one who was let in has.
type ticket struct {
	entered, done bool
	keep          func() bool // its request's end does not matter any more
}

type ticketKey struct{}

func (b *Backlog) ticket(ctx context.Context) context.Context {
	t := &ticket{}
	t.keep = context.AfterFunc(ctx, func() { b.done(t) })
	return context.WithValue(ctx, ticketKey{}, t)
}

// comes notes that who enters is not on its way any more, if it came by the door.
func (b *Backlog) comes(ctx context.Context) {
	if t, ok := ctx.Value(ticketKey{}).(*ticket); ok {
		b.enter(t)
	}
}

func (b *Backlog) enter(t *ticket) {
	if !t.entered {
		t.entered = true
		b.coming--
	}
}

// Done says that a request that was let in needs no more attention: its order is
// stored, or will not be. A request that ends is done.
func (b *Backlog) Done(ctx context.Context) {
	if t, ok := ctx.Value(ticketKey{}).(*ticket); ok {
		t.keep()
		b.done(t)
	}
}

func (b *Backlog) done(t *ticket) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.enter(t)
	if !t.done {
		t.done = true
		b.busy--
		b.letIn()
	}
}

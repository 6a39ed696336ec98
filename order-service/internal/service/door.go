package service

import (
	"context"
)

// Admit lets a request in that wants to place an order, before anything of it is
// looked at. It fails with fault.CodeOverloaded when there is no room and either as
// many as the limit wait at the door already or none came in time. One that may
// have placed its order before, as it has an idempotency key, is let in also while
// no order leaves: looking at it keeps nobody from settling then.
//
// The context that it returns is the one to Enter with. Until then, or until it
// ends, the request counts as one that will.
func (b *Backlog) Admit(ctx context.Context, keyed bool) (context.Context, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case !b.full():
		b.coming++
	case b.door.Len() < b.limit && b.wait(ctx, &b.door): // counted by who let us in
	case keyed && b.door.vain:
		return ctx, nil
	default:
		return nil, overloaded()
	}
	t := &ticket{}
	t.keep = context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.tear(t)
		b.change(b.waiting)
	})
	return context.WithValue(ctx, ticketKey{}, t), nil
}

// ticket is what one who was let in has until it enters or goes away.
type ticket struct {
	torn bool
	keep func() bool // going away does not matter any more
}

type ticketKey struct{}

// arrived takes the ticket of one who enters, if it came by the door.
func (b *Backlog) arrived(ctx context.Context) {
	if t, ok := ctx.Value(ticketKey{}).(*ticket); ok {
		t.keep()
		b.tear(t)
	}
}

func (b *Backlog) tear(t *ticket) {
	if !t.torn {
		t.torn = true
		b.coming--
	}
}

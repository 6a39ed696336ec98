package service

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/id"
)

// tokenMemory is how long an access token may outlive its account.
const tokenMemory = 25 * time.Hour

// forgetful is the part of the store that forgets persons.
type forgetful interface {
	Forget(ctx context.Context, clients []id.ID, now time.Time) error
	ForgetAgain(ctx context.Context, since time.Time) error
}

// Forgetting keeps no personal data of people who were erased.
type Forgetting struct {
	store forgetful
	now   func() time.Time
}

// NewForgetting returns the forgetting in a store.
func NewForgetting(store forgetful, now func() time.Time) *Forgetting {
	return &Forgetting{store: store, now: now}
}

// Forget takes what is personal out of the orders of erased clients. It may be
// repeated.
func (f *Forgetting) Forget(ctx context.Context, clients []id.ID) error {
	return f.store.Forget(ctx, clients, f.now())
}

// Again forgets what the last access tokens of erased clients have brought.
func (f *Forgetting) Again(ctx context.Context) error {
	return f.store.ForgetAgain(ctx, f.now().Add(-tokenMemory))
}

package service

import (
	"context"
	"errors"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

var (
	errBroken = errors.New("broken")
	errAway   = fault.Unavailablef(errBroken, "away")
)

// plain hashes passwords by writing them down; "old:" marks a stale hash.
type plain struct{ err error }

func (p plain) Hash(_ context.Context, password string) (string, error) {
	return "new:" + password, p.err
}

func (plain) Verify(_ context.Context, hash, password string) (right, stale bool, err error) {
	return hash == "new:"+password || hash == "old:"+password, hash == "old:"+password, nil
}

// counter counts failures.
type counter struct {
	delay  time.Duration
	failed int
	err    error
}

func (c *counter) Delay(context.Context, ...entity.Bucket) (time.Duration, error) {
	return c.delay, nil
}

func (c *counter) Fail(context.Context, ...entity.Bucket) error {
	c.failed++
	return c.err
}

// people keeps accounts by their address. Methods that a test does not need
// come from the nil interface and break it loudly.
type people struct {
	accounts
	byEmail map[string]*entity.User
	root    bool
	err     error
	created func(*entity.User) error
	renewed string
	refuse  bool
}

func (p *people) FindByEmail(_ context.Context, email string) (*entity.User, error) {
	if user, ok := p.byEmail[email]; ok || p.err != nil {
		return user, p.err
	}
	return nil, fault.NotFoundf("nobody")
}

func (p *people) Find(_ context.Context, userID id.ID) (*entity.User, error) {
	for _, user := range p.byEmail {
		if user.ID == userID {
			return user, p.err
		}
	}
	return nil, fault.NotFoundf("nobody")
}

func (p *people) Create(_ context.Context, u *entity.User) error {
	if p.created != nil {
		return p.created(u)
	}
	p.byEmail[u.Email] = u
	return nil
}

func (p *people) HasRoot(context.Context) (bool, error) { return p.root, nil }

func (p *people) ReplacePassword(_ context.Context, _ id.ID, _, hash string) (bool, error) {
	p.renewed = hash
	return !p.refuse, nil
}

// ender remembers whom it signed out.
type ender struct {
	but []id.ID
	err error
}

func (e *ender) EndAll(_ context.Context, _, but id.ID) error {
	e.but = append(e.but, but)
	return e.err
}

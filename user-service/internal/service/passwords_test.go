package service

import (
	"errors"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

const oldPassword, newPassword = "Acc3pt-Secret!pw", "N3w-Secret!pw"

func newID(t *testing.T) id.ID {
	t.Helper()
	made, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// ada has an account with a hash.
func ada(t *testing.T, hash string) (*people, *entity.User) {
	t.Helper()
	user := entity.Register(newID(t), entity.Profile{Email: "ada@example.com"}, hash, entity.Client)
	return &people{byEmail: map[string]*entity.User{user.Email: user}}, user
}

func TestOnlyWrongPasswordsAreCounted(t *testing.T) {
	t.Parallel()
	store, _ := ada(t, "new:"+oldPassword)
	failures := &counter{}
	passwords := NewPasswords(store, plain{}, NewGuard(failures, entity.Limit{}, entity.Limit{}), nil)
	check := func(email, password string) error {
		_, err := passwords.Check(t.Context(), email, password, "192.0.2.1")
		return err
	}
	if err := check("ada@example.com", oldPassword); err != nil || failures.failed != 0 {
		t.Errorf("right password = %v, %d failures", err, failures.failed)
	}
	for i, email := range []string{"ada@example.com", "nobody@example.com"} {
		if err := check(email, "wrong"); fault.KindOf(err) != fault.Unauthenticated || failures.failed != i+1 {
			t.Errorf("wrong password of %s = %v, %d failures", email, err, failures.failed)
		}
	}
	failures.err = errAway
	if err := check("ada@example.com", "wrong"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a failure that cannot be counted = %v, want unavailable", err)
	}
	failures.delay = 1500 * time.Millisecond
	err := check("ada@example.com", oldPassword)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != fault.TooMany || f.RetryAfter != 2*time.Second {
		t.Errorf("too many = %v, want to wait 2s", err)
	}
	store.err = errAway
	if err := check("ada@example.com", oldPassword); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("without the store = %v, want unavailable", err)
	}
}

func TestStaleHashIsRenewedAtSignIn(t *testing.T) {
	t.Parallel()
	store, _ := ada(t, "old:"+oldPassword)
	passwords := NewPasswords(store, plain{}, NewGuard(&counter{}, entity.Limit{}, entity.Limit{}), nil)
	if _, err := passwords.Check(t.Context(), "ada@example.com", oldPassword, ""); err != nil || store.renewed != "new:"+oldPassword {
		t.Errorf("Check = %v, renewed to %q", err, store.renewed)
	}
}

func TestPasswordStaysWhenSessionsCannotBeEnded(t *testing.T) {
	t.Parallel()
	store, user := ada(t, "new:"+oldPassword)
	sessions := &ender{err: errAway}
	passwords := NewPasswords(store, plain{}, NewGuard(&counter{}, entity.Limit{}, entity.Limit{}), sessions)
	by := entity.Actor{ID: user.ID, SessionID: newID(t)}
	if err := passwords.Change(t.Context(), by, oldPassword, newPassword); fault.KindOf(err) != fault.Unavailable || store.renewed != "" {
		t.Errorf("Change = %v, password is %q", err, store.renewed)
	}
	sessions.err = nil
	if err := passwords.Change(t.Context(), by, oldPassword, newPassword); err != nil || store.renewed != "new:"+newPassword {
		t.Errorf("Change = %v, password is %q", err, store.renewed)
	}
	for _, but := range sessions.but {
		if but != by.SessionID {
			t.Errorf("spared session %s, want one's own", but)
		}
	}
	store.refuse = true
	if err := passwords.Change(t.Context(), by, oldPassword, newPassword); fault.KindOf(err) != fault.Invalid {
		t.Errorf("Change of a password that changed meanwhile = %v, want invalid", err)
	}
}

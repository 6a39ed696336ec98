package service

import (
	"errors"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

func TestFirstRootIsMadeOnlyWhereThereIsNone(t *testing.T) {
	t.Parallel()
	store := &people{byEmail: map[string]*entity.User{}}
	founders := NewFounders(NewAccounts(store, plain{}, time.Now), store)
	if err := founders.FirstRoot(t.Context(), "boss@example.com", oldPassword); err != nil {
		t.Fatal(err)
	}
	if boss := store.byEmail["boss@example.com"]; boss == nil || !boss.Roles.Has(entity.Root) {
		t.Errorf("boss is %+v, want a root", boss)
	}
	store.root = true
	if err := founders.FirstRoot(t.Context(), "other@example.com", "weak"); err != nil || len(store.byEmail) != 1 {
		t.Errorf("FirstRoot = %v, %d accounts, want nothing done", err, len(store.byEmail))
	}
}

func TestFirstRootYieldsToAFasterReplica(t *testing.T) {
	t.Parallel()
	store := &people{byEmail: map[string]*entity.User{}}
	taken := fault.New(fault.CodeEmailTaken, "taken")
	store.created = func(*entity.User) error {
		store.root = true
		return taken
	}
	founders := NewFounders(NewAccounts(store, plain{}, time.Now), store)
	if err := founders.FirstRoot(t.Context(), "boss@example.com", oldPassword); err != nil {
		t.Errorf("FirstRoot = %v, want the other's", err)
	}
	store.root, store.created = false, func(*entity.User) error { return taken }
	if err := founders.FirstRoot(t.Context(), "boss@example.com", oldPassword); err == nil {
		t.Error("FirstRoot takes the account of someone who is no root")
	}
}

func TestDemoAccountsLeaveOthersAlone(t *testing.T) {
	t.Parallel()
	mine := &entity.User{PasswordHash: "mine"}
	store := &people{byEmail: map[string]*entity.User{"root@example.com": mine}}
	founders := NewFounders(NewAccounts(store, plain{}, time.Now), store)
	for range 2 {
		if err := founders.Seed(t.Context(), DemoFounders()); err != nil {
			t.Fatal(err)
		}
	}
	if len(store.byEmail) != 3 || store.byEmail["root@example.com"] != mine {
		t.Errorf("accounts = %v, want two new ones", store.byEmail)
	}
	store.err = errAway
	if err := founders.Seed(t.Context(), DemoFounders()); !errors.Is(err, errBroken) {
		t.Errorf("Seed = %v, want the store's failure", err)
	}
}

func TestDemoAccountsKeepTheRules(t *testing.T) {
	t.Parallel()
	for _, founder := range DemoFounders() {
		if found := append(founder.Profile.Violations(), entity.PasswordViolations("password", founder.Password)...); len(found) != 0 {
			t.Errorf("%s breaks the rules: %v", founder.Profile.Email, found)
		}
	}
}

package repository

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

func testUsers(t *testing.T) *Users {
	t.Helper()
	return NewUsers(databasetest.New(t, Migrations()))
}

// create stores an account.
func create(t *testing.T, users *Users, profile entity.Profile, roles ...entity.Role) *entity.User {
	t.Helper()
	user := entity.Register(newID(t), profile, "hash", roles...)
	if err := users.Create(t.Context(), user); err != nil {
		t.Fatalf("Create %s: %v", profile.Email, err)
	}
	return user
}

func named(email string) entity.Profile { return entity.Profile{Email: email} }

func TestAccountIsFoundAsItWasCreated(t *testing.T) {
	t.Parallel()
	users := testUsers(t)
	full := entity.Profile{Email: "Ada@Example.com", FirstName: "Ada 🙂", LastName: "Lovelace", Address: "1 Way\nTown"}
	for _, want := range []*entity.User{
		create(t, users, full, entity.Admin, entity.Client),
		create(t, users, named("bare@example.com"), entity.Client),
	} {
		got, err := users.Find(t.Context(), want.ID)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("Find = %v (-want +got):\n%s", err, diff)
		}
		got, err = users.FindByEmail(t.Context(), strings.ToUpper(want.Email))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("FindByEmail = %v (-want +got):\n%s", err, diff)
		}
	}
	if _, err := users.Find(t.Context(), newID(t)); fault.KindOf(err) != fault.NotFound {
		t.Errorf("Find of nobody = %v, want not found", err)
	}
	if _, err := users.FindByEmail(t.Context(), "nobody@example.com"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("FindByEmail of nobody = %v, want not found", err)
	}
}

func TestOneAddressHasOneAccountInAnyCase(t *testing.T) {
	t.Parallel()
	users := testUsers(t)
	create(t, users, named("ada@example.com"), entity.Client)
	bob := create(t, users, named("bob@example.com"), entity.Client)
	err := users.Create(t.Context(), entity.Register(newID(t), named("ADA@example.com"), "", entity.Client))
	if fault.CodeOf(err) != fault.CodeEmailTaken {
		t.Errorf("Create = %v, want %s", err, fault.CodeEmailTaken)
	}
	_, err = users.Update(t.Context(), bob.ID, nil, func(u *entity.User) error {
		u.Email = "aDa@example.com"
		return nil
	})
	if fault.CodeOf(err) != fault.CodeEmailTaken {
		t.Errorf("Update = %v, want %s", err, fault.CodeEmailTaken)
	}
}

func TestUpdateThatFailsSavesNothing(t *testing.T) {
	t.Parallel()
	users := testUsers(t)
	want := create(t, users, named("ada@example.com"), entity.Client)
	_, err := users.Update(t.Context(), want.ID, nil, func(u *entity.User) error {
		u.FirstName = "Eve"
		return fault.New(fault.CodeForbidden, "no")
	})
	if fault.CodeOf(err) != fault.CodeForbidden {
		t.Errorf("Update = %v, want the change's failure", err)
	}
	got, err := users.Find(t.Context(), want.ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("Find = %v (-want +got):\n%s", err, diff)
	}
}

func TestNoUpdateIsLostAmongMany(t *testing.T) {
	t.Parallel()
	users := testUsers(t)
	user := create(t, users, named("ada@example.com"), entity.Client)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			_, err := users.Update(t.Context(), user.ID, nil, func(u *entity.User) error {
				u.Address += "x"
				u.Version++
				return nil
			})
			if err != nil {
				t.Errorf("Update: %v", err)
			}
		})
	}
	all.Wait()
	got, err := users.Find(t.Context(), user.ID)
	if err != nil || got.Version != 11 || got.Address != strings.Repeat("x", 10) {
		t.Errorf("user = %+v, %v, want ten changes", got, err)
	}
}

func TestRootsCannotDemoteEachOtherToNone(t *testing.T) {
	t.Parallel()
	users := testUsers(t)
	if found, err := users.HasRoot(t.Context()); found || err != nil {
		t.Errorf("HasRoot = %t, %v, want none", found, err)
	}
	var demoted atomic.Int32
	var all sync.WaitGroup
	for i := range 4 {
		root := create(t, users, named(fmt.Sprintf("root%d@example.com", i)), entity.Root)
		all.Go(func() {
			_, err := users.UpdateRoles(t.Context(), root.ID, nil, func(u *entity.User, roots int) error {
				return u.ChangeRoles(entity.NewRoles(entity.Admin), roots, time.Now())
			})
			switch {
			case err == nil:
				demoted.Add(1)
			case fault.CodeOf(err) != fault.CodeLastRoot:
				t.Errorf("UpdateRoles: %v", err)
			}
		})
	}
	all.Wait()
	if found, err := users.HasRoot(t.Context()); !found || err != nil {
		t.Errorf("HasRoot = %t, %v after %d were demoted, want one left", found, err, demoted.Load())
	}
}

func TestPasswordIsReplacedOnlyIfItIsTheOldOne(t *testing.T) {
	t.Parallel()
	users := testUsers(t)
	user := create(t, users, named("ada@example.com"), entity.Client)
	bare := entity.Register(newID(t), named("bare@example.com"), "", entity.Client)
	if err := users.Create(t.Context(), bare); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		user     *entity.User
		old, new string
		want     bool
	}{
		{user, "other", "new", false},
		{user, "hash", "new", true},
		{user, "hash", "newer", false},
		{bare, "", "first", true},
	}
	for _, tt := range tests {
		got, err := users.ReplacePassword(t.Context(), tt.user.ID, tt.old, tt.new)
		if got != tt.want || err != nil {
			t.Errorf("ReplacePassword(%q, %q) = %t, %v, want %t", tt.old, tt.new, got, err, tt.want)
		}
	}
	got, err := users.Find(t.Context(), user.ID)
	if err != nil || got.PasswordHash != "new" || got.Version != 1 {
		t.Errorf("user = %+v, %v, want the new hash at version 1", got, err)
	}
}

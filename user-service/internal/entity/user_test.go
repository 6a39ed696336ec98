package entity

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
)

var later = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

func newUser(t *testing.T, roles ...Role) *User {
	t.Helper()
	userID, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	return Register(userID, Profile{Email: "ada@example.com", FirstName: "Ada", LastName: "Lovelace"}, "hash", roles...)
}

func text(s string) *string { return &s }

func TestNewUserIsBornWithItsID(t *testing.T) {
	t.Parallel()
	u := newUser(t, Client)
	if !u.CreatedAt.Equal(u.ID.Time()) || !u.UpdatedAt.Equal(u.CreatedAt) || u.Version != 1 {
		t.Errorf("user = %+v, want version 1, born at %v", u, u.ID.Time())
	}
}

func TestChangeOfProfileChangesOnlyWhatItNames(t *testing.T) {
	t.Parallel()
	u := newUser(t, Client)
	if err := u.ChangeProfile(ProfileChange{FirstName: text(" Augusta "), Address: text("1 Way")}, later); err != nil {
		t.Fatal(err)
	}
	want := Profile{Email: "ada@example.com", FirstName: "Augusta", LastName: "Lovelace", Address: "1 Way"}
	if diff := cmp.Diff(want, u.Profile); diff != "" {
		t.Errorf("profile (-want +got):\n%s", diff)
	}
	if u.Version != 2 || !u.UpdatedAt.Equal(later) {
		t.Errorf("version %d of %v, want 2 of %v", u.Version, u.UpdatedAt, later)
	}
}

func TestChangeOfNothingMakesNoVersion(t *testing.T) {
	t.Parallel()
	u := newUser(t, Client)
	if err := u.ChangeProfile(ProfileChange{FirstName: text("Ada")}, later); err != nil {
		t.Fatal(err)
	}
	if u.Version != 1 {
		t.Errorf("version = %d, want 1", u.Version)
	}
}

func TestBadProfileTellsEveryMistakeAndChangesNothing(t *testing.T) {
	t.Parallel()
	u := newUser(t, Client)
	before := u.Profile
	err := u.ChangeProfile(ProfileChange{
		Email: text("nobody"), FirstName: text(strings.Repeat("x", MaxName+1)),
		LastName: text("a\nb"), Address: text("a\x00b"),
	}, later)
	f, ok := err.(*fault.Error)
	if !ok {
		t.Fatalf("ChangeProfile = %v, want a fault", err)
	}
	var places []string
	for _, v := range f.Violations {
		places = append(places, v.Location)
	}
	if diff := cmp.Diff([]string{"email", "firstName", "lastName", "address"}, places); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
	if u.Profile != before || u.Version != 1 {
		t.Errorf("user is %+v, want it unchanged", u)
	}
}

func TestBoundsCountCharactersNotBytes(t *testing.T) {
	t.Parallel()
	p := Profile{Email: "a@b.example", FirstName: strings.Repeat("é", MaxName), Address: strings.Repeat("ß", MaxAddress-1) + "\n"}
	if got := p.Violations(); len(got) != 0 {
		t.Errorf("Violations = %v, want none", got)
	}
}

func TestLastRootKeepsTheRole(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		from  []Role
		to    []Role
		roots int
		code  fault.Code
	}{
		{"last root demoted", []Role{Root}, []Role{Admin}, 1, fault.CodeLastRoot},
		{"one of two demoted", []Role{Root}, []Role{Admin}, 2, ""},
		{"last root keeps it with more", []Role{Root}, []Role{Root, Admin}, 1, ""},
		{"client made admin", []Role{Client}, []Role{Admin}, 1, ""},
		{"nothing left", []Role{Client}, nil, 1, fault.CodeInvalidRequest},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u := newUser(t, tt.from...)
			err := u.ChangeRoles(NewRoles(tt.to...), tt.roots, later)
			if tt.code == "" && (err != nil || u.Roles.String() != NewRoles(tt.to...).String() || u.Version != 2) {
				t.Errorf("ChangeRoles(%v) = %v, user %+v", tt.to, err, u)
			}
			if tt.code != "" && (fault.CodeOf(err) != tt.code || u.Roles.String() != NewRoles(tt.from...).String()) {
				t.Errorf("ChangeRoles(%v) = %v, roles %v, want %s and no change", tt.to, err, u.Roles, tt.code)
			}
		})
	}
}

func TestRightsFollowTheRoles(t *testing.T) {
	t.Parallel()
	client, admin, root := newUser(t, Client), newUser(t, Admin, Client), newUser(t, Root)
	tests := []struct {
		name string
		by   *User
		of   *User
		may  bool
	}{
		{"client and itself", client, client, true},
		{"client and another", client, newUser(t, Client), false},
		{"admin and client", admin, client, true},
		{"admin and itself", admin, admin, true},
		{"admin and admin", admin, newUser(t, Admin), false},
		{"admin and root", admin, root, false},
		{"root and root", root, newUser(t, Root), true},
		{"root and admin", root, admin, true},
	}
	for _, tt := range tests {
		actor := Actor{ID: tt.by.ID, Roles: tt.by.Roles}
		if got := actor.SeesAllOf(tt.of); got != tt.may {
			t.Errorf("%s: SeesAllOf = %t, want %t", tt.name, got, tt.may)
		}
		if err := actor.MayChange(tt.of); (err == nil) != tt.may || (err != nil && fault.KindOf(err) != fault.Forbidden) {
			t.Errorf("%s: MayChange = %v, want allowed %t", tt.name, err, tt.may)
		}
	}
}

func TestRolesAreASetInOneOrder(t *testing.T) {
	t.Parallel()
	if got := NewRoles(Client, Root, Client, "KING").String(); got != "ROOT,CLIENT" {
		t.Errorf("NewRoles = %s, want ROOT,CLIENT", got)
	}
}

func TestBucketsTellNothingAndKnowNeighbours(t *testing.T) {
	t.Parallel()
	limit := Limit{Burst: 3, Drain: time.Second}
	if a, b := AccountBucket("Ada@example.com", limit), AccountBucket("ada@EXAMPLE.com", limit); a != b || strings.Contains(a.Name, "ada") {
		t.Errorf("buckets are %v and %v, want one without the address", a, b)
	}
	if a, b := AddressBucket("2001:db8::1", limit), AddressBucket("2001:db8::ffff", limit); a != b {
		t.Errorf("buckets of one /64 are %v and %v, want one", a, b)
	}
	if a, b := AddressBucket("192.0.2.1", limit), AddressBucket("192.0.2.2", limit); a == b {
		t.Errorf("buckets of two IPv4 addresses are both %v", a)
	}
	if got := limit.Free(); got != 2*time.Second {
		t.Errorf("Free = %v, want 2s", got)
	}
}

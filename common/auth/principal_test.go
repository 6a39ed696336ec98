package auth_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
)

func TestRootIsAnAdminAndNobodyElseIsMore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ has, asked auth.Role }{
		{auth.Root, auth.Root}, {auth.Root, auth.Admin}, {auth.Admin, auth.Admin}, {auth.Client, auth.Client},
	} {
		if p := (auth.Principal{Roles: []auth.Role{c.has}}); !p.Is(c.asked) {
			t.Errorf("%s is no %s", c.has, c.asked)
		}
	}
	for _, c := range []struct{ has, asked auth.Role }{
		{auth.Admin, auth.Root}, {auth.Client, auth.Admin}, {auth.Client, auth.Root}, {auth.Root, auth.Client}, {"root", auth.Root}, {"", auth.Client},
	} {
		if p := (auth.Principal{Roles: []auth.Role{c.has}}); p.Is(c.asked) {
			t.Errorf("%q is a %s", c.has, c.asked)
		}
	}
}

func TestNobodyIsNeitherUserNorService(t *testing.T) {
	t.Parallel()
	var p auth.Principal
	if p.IsUser() || p.IsService() || p.Is(auth.Client) || p.HasScope("") {
		t.Errorf("%+v is somebody", p)
	}
}

func TestContextCarriesWhoAsks(t *testing.T) {
	t.Parallel()
	want := auth.Principal{UserID: id.ID{1}, Roles: []auth.Role{auth.Client}}
	if diff := cmp.Diff(want, auth.From(auth.With(t.Context(), want))); diff != "" {
		t.Errorf("From (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(auth.Principal{}, auth.From(context.Background())); diff != "" {
		t.Errorf("From without anybody (-want +got):\n%s", diff)
	}
}

package repository

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// emails returns the addresses of a page.
func emails(p page.Page[*entity.User]) []string {
	found := []string{}
	for _, u := range p.Items {
		found = append(found, u.Email)
	}
	return found
}

func TestSearchFindsWhatIsContainedInAnyCase(t *testing.T) {
	t.Parallel()
	users := testUsers(t)
	create(t, users, entity.Profile{Email: "Ada@example.com", FirstName: "Ada", LastName: "Lovelace"}, entity.Client)
	create(t, users, entity.Profile{Email: "jose@example.com", FirstName: "JOSÉ", LastName: "100%_!"}, entity.Client, entity.Admin)
	create(t, users, entity.Profile{Email: "root@shop.example"}, entity.Root)
	tests := []struct {
		name   string
		filter entity.UserFilter
		want   []string
	}{
		{"all", entity.UserFilter{}, []string{"Ada@example.com", "jose@example.com", "root@shop.example"}},
		{"part of an address", entity.UserFilter{Email: "EXAMPLE.com"}, []string{"Ada@example.com", "jose@example.com"}},
		{"first name", entity.UserFilter{FirstName: "osé"}, []string{"jose@example.com"}},
		{"last name", entity.UserFilter{LastName: "love"}, []string{"Ada@example.com"}},
		{"signs are only signs", entity.UserFilter{LastName: "0%_!"}, []string{"jose@example.com"}},
		{"a lone per cent", entity.UserFilter{FirstName: "%"}, []string{}},
		{"role", entity.UserFilter{Role: entity.Admin}, []string{"jose@example.com"}},
		{"role and name", entity.UserFilter{Role: entity.Client, FirstName: "ada"}, []string{"Ada@example.com"}},
		{"quotes", entity.UserFilter{Email: `' OR '1'='1`}, []string{}},
	}
	for _, tt := range tests {
		found, err := users.Search(t.Context(), tt.filter, page.Query{Limit: 10, By: entity.SortByCreatedAt})
		if diff := cmp.Diff(tt.want, emails(found)); diff != "" || err != nil || found.Next != nil {
			t.Errorf("%s: Search = next %v, %v (-want +got):\n%s", tt.name, found.Next, err, diff)
		}
	}
}

func TestPagesHoldEveryAccountOnce(t *testing.T) {
	t.Parallel()
	users := testUsers(t)
	var byAge []string
	for i := range 7 {
		email := fmt.Sprintf("user%d@example.com", (i*5)%7)
		create(t, users, named(email), entity.Client)
		byAge = append(byAge, email)
	}
	byEmail := slices.Sorted(slices.Values(byAge))
	reversed := func(of []string) []string {
		turned := slices.Clone(of)
		slices.Reverse(turned)
		return turned
	}
	tests := []struct {
		q    page.Query
		want []string
	}{
		{page.Query{By: entity.SortByCreatedAt}, byAge},
		{page.Query{By: entity.SortByCreatedAt, Descending: true}, reversed(byAge)},
		{page.Query{By: entity.SortByEmail}, byEmail},
		{page.Query{By: entity.SortByEmail, Descending: true}, reversed(byEmail)},
	}
	for _, tt := range tests {
		q, got, pages := tt.q, []string{}, 0
		for q.Limit = 3; pages == 0 || q.After != nil; pages++ {
			found, err := users.Search(t.Context(), entity.UserFilter{}, q)
			if err != nil {
				t.Fatal(err)
			}
			got, q.After = append(got, emails(found)...), found.Next
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || pages != 3 {
			t.Errorf("%d pages by %s, descending %t (-want +got):\n%s", pages, q.By, q.Descending, diff)
		}
	}
}

// A cursor shows up in URLs and so in the logs of proxies.
func TestCursorByAgeTellsNoAddress(t *testing.T) {
	t.Parallel()
	users := testUsers(t)
	create(t, users, named("ada@example.com"), entity.Client)
	create(t, users, named("bob@example.com"), entity.Client)
	found, err := users.Search(t.Context(), entity.UserFilter{}, page.Query{Limit: 1, By: entity.SortByCreatedAt})
	if err != nil || found.Next == nil || found.Next.Value != nil {
		t.Errorf("next = %+v, %v, want a key without a value", found.Next, err)
	}
}

func TestMigrationsCanBeTakenBack(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, Migrations())
	for range 2 {
		if err := migrate(t, db, "down"); err != nil {
			t.Fatal(err)
		}
	}
	if err := migrate(t, db, "up"); err != nil {
		t.Fatal(err)
	}
	create(t, NewUsers(db), named("ada@example.com"), entity.Client)
}

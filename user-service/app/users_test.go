package app

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProfileIsChangedOnTheVersionThatWasRead(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada := s.register(t)
	first := s.call(t, "GET", "/v1/users/me", ada.Access, nil)
	tag := first.Header.Get("ETag")
	if first.is(200); tag == "" {
		t.Fatal("no ETag")
	}
	if a := s.call(t, "GET", "/v1/users/me", ada.Access, nil, "If-None-Match", tag); a.Status != 304 || a.Text != "" {
		t.Errorf("read again = %d %q, want 304", a.Status, a.Text)
	}
	changed := s.call(t, "PATCH", "/v1/users/me", ada.Access, map[string]any{"lastName": "King", "firstName": nil, "address": "1 Way\nTown"}, "If-Match", tag)
	user := changed.is(200)
	if user["lastName"] != "King" || user["firstName"] != nil || user["address"] != "1 Way\nTown" || user["email"] != ada.Email {
		t.Errorf("changed to %v", user)
	}
	if changed.Header.Get("ETag") == tag {
		t.Errorf("ETag is %s still", tag)
	}
	s.call(t, "PATCH", "/v1/users/me", ada.Access, map[string]any{"lastName": "Byron"}, "If-Match", tag).refused(412, "VERSION_MISMATCH")
	s.call(t, "PATCH", "/v1/users/me", ada.Access, map[string]any{"lastName": "Byron"}).is(200)
}

func TestBadChangesOfAProfileAreToldAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada := s.register(t)
	problem := s.call(t, "PATCH", "/v1/users/me", ada.Access, map[string]any{
		"email": "nobody", "firstName": strings.Repeat("x", 101), "lastName": 7, "roles": []string{"ROOT"}, "id": "x",
	}).refused(422, "INVALID_REQUEST")
	want := map[string]bool{"body.email": true, "body.firstName": true, "body.lastName": true, "body.roles": true, "body.id": true}
	if diff := cmp.Diff(want, places(problem)); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
	s.call(t, "PATCH", "/v1/users/me", ada.Access, map[string]any{"email": "Client@Example.com"}).refused(409, "EMAIL_TAKEN")
	if got := s.call(t, "PATCH", "/v1/users/me", ada.Access, map[string]any{"email": strings.ToUpper(ada.Email)}).is(200); got["email"] != strings.ToUpper(ada.Email) {
		t.Errorf("email = %v, want it in capitals", got["email"])
	}
}

func TestPasswordChangeEndsAllOtherSessions(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada := s.register(t)
	other := s.login(t, ada.Email, goodPassword)
	change := func(old, wanted string) answer {
		return s.call(t, "PUT", "/v1/users/me/password", ada.Access, map[string]any{"oldPassword": old, "newPassword": wanted})
	}
	if got := places(change("Wr0ng-Secret", "N3w-Secret!pw").refused(422, "INVALID_REQUEST")); !got["body.oldPassword"] {
		t.Errorf("a wrong old password is told at %v", got)
	}
	if got := places(change(goodPassword, "weak").refused(422, "INVALID_REQUEST")); !got["body.newPassword"] {
		t.Errorf("a weak new password is told at %v", got)
	}
	s.call(t, "GET", "/v1/users/me", other.Access, nil).is(200)
	change(goodPassword, "N3w-Secret!pw").is(204)
	s.refresh(t, other.Refresh).refused(401, "UNAUTHENTICATED")
	s.refresh(t, ada.Refresh).is(200)
	s.call(t, "POST", "/v1/auth/login", "", map[string]any{"email": ada.Email, "password": goodPassword}).refused(401, "UNAUTHENTICATED")
	s.login(t, ada.Email, "N3w-Secret!pw")
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada := s.register(t)
	body := s.call(t, "POST", "/v1/auth/login", "", map[string]any{"email": ada.Email, "password": goodPassword},
		"User-Agent", "phone", "X-Forwarded-For", "198.51.100.7").is(200)
	phone := personOf(body)
	list := s.call(t, "GET", "/v1/users/me/sessions", ada.Access, nil).is(200)
	items, _ := list["items"].([]any)
	if len(items) != 2 || len(list) != 1 {
		t.Fatalf("sessions = %v, want two in items alone", list)
	}
	newest, _ := items[0].(map[string]any)
	oldest, _ := items[1].(map[string]any)
	if newest["userAgent"] != "phone" || newest["current"] != false || oldest["current"] != true {
		t.Errorf("sessions = %v, want the phone's first and the other current", items)
	}
	if newest["ipAddress"] != "127.0.0.1" {
		t.Errorf("address = %v, want the peer's, which is no trusted proxy here", newest["ipAddress"])
	}
	path := "/v1/users/me/sessions/" + newest["id"].(string)
	s.call(t, "DELETE", path, s.demo(t, "client").Access, nil).refused(404, "NOT_FOUND")
	s.call(t, "DELETE", path, ada.Access, nil).is(204)
	s.call(t, "DELETE", path, ada.Access, nil).refused(404, "NOT_FOUND")
	s.call(t, "DELETE", "/v1/users/me/sessions/x", ada.Access, nil).refused(404, "NOT_FOUND")
	s.refresh(t, phone.Refresh).refused(401, "UNAUTHENTICATED")
}

func TestAdminsSeeAndChangeClientsButNotEachOther(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada, root, admin := s.register(t), s.demo(t, "root"), s.demo(t, "admin")
	full := s.call(t, "GET", "/v1/users/"+ada.ID, admin.Access, nil).is(200)
	if len(full) != 8 {
		t.Errorf("an admin sees of a client %v, want the whole profile", full)
	}
	basic := s.call(t, "GET", "/v1/users/"+root.ID, admin.Access, nil).is(200)
	want := map[string]any{"id": root.ID, "email": "root@example.com", "firstName": "Robin", "lastName": "Demo"}
	if diff := cmp.Diff(want, basic); diff != "" {
		t.Errorf("an admin sees of a root (-want +got):\n%s", diff)
	}
	if got := s.call(t, "GET", "/v1/users/"+admin.ID, root.Access, nil).is(200); len(got) != 8 {
		t.Errorf("a root sees of an admin %v, want the whole profile", got)
	}
	s.call(t, "PATCH", "/v1/users/"+ada.ID, admin.Access, map[string]any{"address": "2 Way"}).is(200)
	s.call(t, "PATCH", "/v1/users/"+root.ID, admin.Access, map[string]any{"address": "2 Way"}).refused(403, "FORBIDDEN")
	s.call(t, "PATCH", "/v1/users/"+admin.ID, admin.Access, map[string]any{"address": "2 Way"}).is(200)
	s.call(t, "PATCH", "/v1/users/"+admin.ID, root.Access, map[string]any{"address": "3 Way"}, "If-Match", `"1"`).refused(412, "VERSION_MISMATCH")
	s.call(t, "GET", "/v1/users/01a20729-a6d7-76b2-b474-c3f1eb3f26e7", admin.Access, nil).refused(404, "NOT_FOUND")
	s.call(t, "GET", "/v1/users/someone", admin.Access, nil).refused(404, "NOT_FOUND")
}

func TestSearchShowsEachAccountAsFarAsOneMaySeeIt(t *testing.T) {
	t.Parallel()
	s := open(t)
	admin := s.demo(t, "admin")
	list := s.call(t, "GET", "/v1/users?email=EXAMPLE.com&sort=email&limit=2", admin.Access, nil).is(200)
	rest := s.call(t, "GET", "/v1/users?email=EXAMPLE.com&sort=email&limit=2&cursor="+list["nextCursor"].(string), admin.Access, nil).is(200)
	items := append(list["items"].([]any), rest["items"].([]any)...)
	if len(items) != 3 || rest["nextCursor"] != nil {
		t.Fatalf("found %v, want three and no further page", items)
	}
	for i, want := range []struct {
		email  string
		fields int
	}{{"admin@example.com", 8}, {"client@example.com", 8}, {"root@example.com", 4}} {
		if got, _ := items[i].(map[string]any); got["email"] != want.email || len(got) != want.fields {
			t.Errorf("item %d = %v, want %s with %d fields", i, got, want.email, want.fields)
		}
	}
	if got := s.call(t, "GET", "/v1/users?role=ROOT", admin.Access, nil).is(200)["items"].([]any); len(got) != 1 {
		t.Errorf("roots = %v, want one", got)
	}
	problem := s.call(t, "GET", "/v1/users?role=KING&limit=0", admin.Access, nil).refused(422, "INVALID_REQUEST")
	if got := places(problem); !got["query.role"] || !got["query.limit"] {
		t.Errorf("bad query is told at %v", got)
	}
	s.call(t, "GET", "/v1/users?cursor=x", admin.Access, nil).refused(422, "INVALID_REQUEST")
}

func TestRootAloneChangesRolesAndTheLastRootStays(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada, root, admin := s.register(t), s.demo(t, "root"), s.demo(t, "admin")
	roles := func(by, of person, roles ...string) answer {
		return s.call(t, "PUT", "/v1/users/"+of.ID+"/roles", by.Access, map[string]any{"roles": roles})
	}
	roles(admin, ada, "ADMIN").refused(403, "FORBIDDEN")
	roles(root, root, "CLIENT").refused(409, "LAST_ROOT")
	roles(root, ada, "KING").refused(422, "INVALID_REQUEST")
	roles(root, ada, []string{}...).refused(422, "INVALID_REQUEST")
	if got := roles(root, ada, "CLIENT", "ADMIN", "CLIENT").is(200); cmp.Diff([]any{"ADMIN", "CLIENT"}, got["roles"]) != "" {
		t.Errorf("roles = %v", got["roles"])
	}
	s.call(t, "GET", "/v1/users", ada.Access, nil).refused(403, "FORBIDDEN")
	s.call(t, "GET", "/v1/users", personOf(s.refresh(t, ada.Refresh).is(200)).Access, nil).is(200)

	roles(root, ada, "ROOT").is(200)
	var both sync.WaitGroup
	for _, one := range []person{ada, root} {
		both.Go(func() { roles(root, one, "CLIENT") })
	}
	both.Wait()
	var left int
	if err := s.app.db.Get(&left, `SELECT COUNT(*) FROM users WHERE is_root = 1`); err != nil || left != 1 {
		t.Errorf("%d roots are left, %v, want one", left, err)
	}
}

func TestRoutesAreForThoseTheyAreFor(t *testing.T) {
	t.Parallel()
	s := open(t)
	client, admin := s.demo(t, "client"), s.demo(t, "admin")
	tests := []struct {
		call           string
		nobody, client int
		admin          int
	}{
		{"GET /v1/users/me", 401, 200, 200},
		{"PATCH /v1/users/me", 401, 200, 200},
		{"GET /v1/users/me/sessions", 401, 200, 200},
		{"GET /v1/users", 401, 403, 200},
		{"GET /v1/users/" + client.ID, 401, 403, 200},
		{"PATCH /v1/users/" + client.ID, 401, 403, 200},
		{"PUT /v1/users/" + client.ID + "/roles", 401, 403, 403},
		{"GET /.well-known/jwks.json", 200, 200, 200},
		{"DELETE /v1/users", 405, 405, 405},
		{"GET /v1/nothing", 404, 404, 404},
	}
	for _, tt := range tests {
		method, path, _ := strings.Cut(tt.call, " ")
		var body any
		if method == "PATCH" {
			body = map[string]any{}
		}
		for by, want := range map[string]int{"": tt.nobody, client.Access: tt.client, admin.Access: tt.admin} {
			if got := s.call(t, method, path, by, body).Status; got != want {
				t.Errorf("%s by %.12q = %d, want %d", tt.call, by, got, want)
			}
		}
	}
}

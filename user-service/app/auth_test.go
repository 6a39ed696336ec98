package app

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRegistrationGivesTheProfile(t *testing.T) {
	t.Parallel()
	s := open(t)
	a := s.call(t, "POST", "/v1/auth/register", "", map[string]any{
		"email": "Ada@shop.example", "password": goodPassword, "firstName": " Ada ", "lastName": "Lovelace",
	})
	user := a.is(201)
	if got, want := a.Header.Get("Location"), "/v1/users/"+user["id"].(string); got != want {
		t.Errorf("Location = %s, want %s", got, want)
	}
	if user["createdAt"] != user["updatedAt"] || !strings.HasSuffix(user["createdAt"].(string), "Z") {
		t.Errorf("times are %v and %v", user["createdAt"], user["updatedAt"])
	}
	for _, name := range []string{"id", "createdAt", "updatedAt"} {
		delete(user, name)
	}
	want := map[string]any{"email": "Ada@shop.example", "firstName": "Ada", "lastName": "Lovelace", "address": nil, "roles": []any{"CLIENT"}}
	if diff := cmp.Diff(want, user); diff != "" {
		t.Errorf("profile (-want +got):\n%s", diff)
	}
	s.call(t, "POST", "/v1/auth/register", "", map[string]any{"email": "aDA@Shop.example", "password": goodPassword}).
		refused(409, "EMAIL_TAKEN")
}

func TestRegistrationTellsEveryMistake(t *testing.T) {
	t.Parallel()
	s := open(t)
	tests := []struct {
		name, body string
		status     int
		code       string
		want       []string
	}{
		{"nothing", `{}`, 422, "INVALID_REQUEST", []string{"body.email", "body.password"}},
		{
			"everything", `{"email":"nobody","password":"weak","firstName":5,"address":"` + strings.Repeat("x", 501) + `","roles":["ROOT"]}`,
			422, "INVALID_REQUEST", []string{"body.email", "body.password", "body.firstName", "body.address", "body.roles"},
		},
		{"empty texts", `{"email":"","password":""}`, 422, "INVALID_REQUEST", []string{"body.email", "body.password"}},
		{"long address", `{"email":"` + strings.Repeat("x", 250) + `@a.example","password":"` + goodPassword + `"}`, 422, "INVALID_REQUEST", []string{"body.email"}},
		{"common password", `{"email":"a@b.example","password":"P@ssw0rd123"}`, 422, "INVALID_REQUEST", []string{"body.password"}},
		{"no JSON", `{"email":`, 400, "MALFORMED_REQUEST", []string{"body"}},
		{"no object", `[]`, 422, "INVALID_REQUEST", []string{"body"}},
	}
	for _, tt := range tests {
		problem := s.call(t, "POST", "/v1/auth/register", "", tt.body).refused(tt.status, tt.code)
		want := map[string]bool{}
		for _, place := range tt.want {
			want[place] = true
		}
		if diff := cmp.Diff(want, places(problem)); diff != "" {
			t.Errorf("%s: places (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestManyRegistrationsOfOneAddressMakeOneAccount(t *testing.T) {
	t.Parallel()
	s := open(t)
	var all sync.WaitGroup
	statuses := make([]int, 8)
	for i := range statuses {
		all.Go(func() {
			statuses[i] = s.call(t, "POST", "/v1/auth/register", "", map[string]any{"email": "ada@shop.example", "password": goodPassword}).Status
		})
	}
	all.Wait()
	count := map[int]int{}
	for _, status := range statuses {
		count[status]++
	}
	if count[201] != 1 || count[409] != 7 {
		t.Errorf("statuses = %v, want one 201 and seven 409", count)
	}
}

func TestSignInGivesTokens(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada := s.register(t)
	tokens := s.call(t, "POST", "/v1/auth/login", "", map[string]any{"email": strings.ToUpper(ada.Email), "password": goodPassword}).is(200)
	for _, name := range []string{"accessToken", "refreshToken"} {
		if text, _ := tokens[name].(string); strings.Count(text, ".") != 2 {
			t.Errorf("%s = %q, want three parts", name, text)
		}
		delete(tokens, name)
	}
	want := map[string]any{"tokenType": "Bearer", "expiresIn": 900.0, "userId": ada.ID, "email": ada.Email, "roles": []any{"CLIENT"}}
	if diff := cmp.Diff(want, tokens); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

func TestUnknownUserAndWrongPasswordSoundAlike(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada := s.register(t)
	wrong := s.call(t, "POST", "/v1/auth/login", "", map[string]any{"email": ada.Email, "password": "Wr0ng-Secret"}).refused(401, "UNAUTHENTICATED")
	unknown := s.call(t, "POST", "/v1/auth/login", "", map[string]any{"email": "nobody@shop.example", "password": "Wr0ng-Secret"}).refused(401, "UNAUTHENTICATED")
	for _, problem := range []map[string]any{wrong, unknown} {
		delete(problem, "traceId")
	}
	if diff := cmp.Diff(wrong, unknown); diff != "" {
		t.Errorf("answers differ:\n%s", diff)
	}
}

func TestRefreshRotatesAndReuseEndsTheSession(t *testing.T) {
	t.Parallel()
	s := open(t, func(c *Config) { c.Sessions.Grace = 0 })
	ada := s.register(t)
	other := s.login(t, ada.Email, goodPassword)
	second := personOf(s.refresh(t, ada.Refresh).is(200))
	if second.Refresh == ada.Refresh || second.ID != ada.ID {
		t.Errorf("refresh gave %+v, want a new token of the same user", second)
	}
	s.call(t, "GET", "/v1/users/me", second.Access, nil).is(200)
	s.refresh(t, ada.Refresh).refused(401, "UNAUTHENTICATED")
	s.refresh(t, second.Refresh).refused(401, "UNAUTHENTICATED")
	s.refresh(t, other.Refresh).is(200)
	for _, forged := range []string{"x", other.Refresh + "x", strings.Replace(other.Refresh, ".1.", ".9.", 1), second.Access, strings.Repeat("x", 5000)} {
		s.refresh(t, forged).refused(401, "UNAUTHENTICATED")
	}
}

func TestParallelRefreshesGetOneSuccessor(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada := s.register(t)
	var all sync.WaitGroup
	answers := make([]answer, 20)
	for i := range answers {
		all.Go(func() { answers[i] = s.refresh(t, ada.Refresh) })
	}
	all.Wait()
	successors := map[string]bool{}
	for _, a := range answers {
		successors[personOf(a.is(200)).Refresh] = true
	}
	if len(successors) != 1 {
		t.Errorf("%d successors, want one", len(successors))
	}
}

func TestSignOutEndsThisSessionOrAll(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada := s.register(t)
	second, third := s.login(t, ada.Email, goodPassword), s.login(t, ada.Email, goodPassword)
	s.call(t, "POST", "/v1/auth/logout", second.Access, nil).is(204)
	s.call(t, "POST", "/v1/auth/logout", second.Access, nil).is(204)
	s.refresh(t, second.Refresh).refused(401, "UNAUTHENTICATED")
	renewed := personOf(s.refresh(t, third.Refresh).is(200))
	s.call(t, "POST", "/v1/auth/logout?all=true", ada.Access, nil).is(204)
	s.refresh(t, ada.Refresh).refused(401, "UNAUTHENTICATED")
	s.refresh(t, renewed.Refresh).refused(401, "UNAUTHENTICATED")
	s.call(t, "POST", "/v1/auth/logout", "", nil).refused(401, "UNAUTHENTICATED")
}

func TestBcryptHashOfTheOriginalIsAcceptedAndRenewed(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada := s.register(t)
	s.app.db.MustExec(`UPDATE users SET password_hash = ? WHERE email = ?`,
		"$2a$04$p/xLqR6YOBrv.N5l7jZZO.k3s7XOuImg0RtSv4X8nzJkqknkrBRsm", ada.Email)
	s.login(t, ada.Email, "OmsDemo!2026")
	var hash string
	if err := s.app.db.Get(&hash, `SELECT password_hash FROM users WHERE email = ?`, ada.Email); err != nil || !strings.HasPrefix(hash, "$argon2id$") {
		t.Errorf("hash = %s, %v, want argon2id", hash, err)
	}
	s.login(t, ada.Email, "OmsDemo!2026")
}

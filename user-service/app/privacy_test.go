package app

import (
	"strings"
	"testing"

	"github.com/oms-fleet/oms/common/kafka/contract"
)

func TestPeopleTakeTheirDataAndEraseIt(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	me := s.register(t)
	newBrowser(t, s).open(s.ask()).signIn(me.Email, goodPassword).allow().sentBack()
	export := s.call(t, "GET", "/v1/users/me/export", me.Access, nil)
	body := export.is(200)
	if body["profile"].(map[string]any)["email"] != me.Email || len(body["sessions"].([]any)) != 2 || len(body["consents"].([]any)) != 1 {
		t.Errorf("export = %v", body)
	}
	if strings.Contains(export.Text, "argon2") || !strings.HasPrefix(export.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("export tells a hash, or is no file: %s", export.Header.Get("Content-Disposition"))
	}

	const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	s.call(t, "DELETE", "/v1/users/me", me.Access, nil, "Traceparent", trace).is(204)
	s.call(t, "DELETE", "/v1/users/me", me.Access, nil).refused(401, "UNAUTHENTICATED")
	s.call(t, "GET", "/v1/users/me", me.Access, nil).refused(401, "UNAUTHENTICATED")
	s.refresh(t, me.Refresh).refused(401, "UNAUTHENTICATED")
	again := map[string]any{"email": me.Email, "password": goodPassword}
	s.call(t, "POST", "/v1/auth/login", "", again).refused(401, "UNAUTHENTICATED")
	var event struct {
		Topic string `db:"topic"`
		Body  []byte `db:"body"`
		Trace string `db:"traceparent"`
	}
	if err := s.app.db.Get(&event, `SELECT topic, body, traceparent FROM outbox`); err != nil || event.Topic != contract.UserEvents || !strings.HasPrefix(event.Trace, trace[:36]) {
		t.Fatalf("outbox = %+v, %v", event, err)
	}
	if told, err := contract.DecodeUserErased(event.Body); err != nil || told.UserID.String() != me.ID || strings.Contains(string(event.Body), me.Email) {
		t.Errorf("event = %s, %v", event.Body, err)
	}
	var left int
	if err := s.app.db.Get(&left, `SELECT COUNT(*) FROM oauth_consents`); err != nil || left != 0 {
		t.Errorf("%d consents are left, %v", left, err)
	}
	root := s.demo(t, "root")
	if text := s.call(t, "GET", "/v1/admin/audit?subject="+me.ID, root.Access, nil).Text; !strings.Contains(text, "ACCOUNT_ERASED") || strings.Contains(text, me.Email) {
		t.Errorf("audit = %s", text)
	}
	s.call(t, "POST", "/v1/auth/register", "", again).is(201)
}

func TestLastRootCannotEraseThemselves(t *testing.T) {
	t.Parallel()
	s := open(t)
	root := s.demo(t, "root")
	s.call(t, "DELETE", "/v1/users/me", root.Access, nil).refused(409, "LAST_ROOT")
	s.demo(t, "root")
}

func TestDeedsOfAdminsAreOnRecord(t *testing.T) {
	t.Parallel()
	s := open(t)
	root, admin, me := s.demo(t, "root"), s.demo(t, "admin"), s.register(t)
	s.call(t, "PATCH", "/v1/users/"+me.ID, admin.Access, map[string]any{"firstName": "Grace", "address": "secret place"}).is(200)
	s.call(t, "PATCH", "/v1/users/me", me.Access, map[string]any{"firstName": "Ada"}).is(200)
	s.call(t, "PUT", "/v1/users/"+me.ID+"/roles", root.Access, map[string]any{"roles": []string{"ADMIN"}}).is(200)
	s.call(t, "PUT", "/v1/users/"+me.ID+"/roles", root.Access, map[string]any{"roles": []string{"ADMIN"}}).is(200)
	record := s.call(t, "GET", "/v1/admin/audit?subject="+me.ID, root.Access, nil)
	deeds := record.is(200)["items"].([]any)
	if len(deeds) != 2 || strings.Contains(record.Text, "secret place") {
		t.Fatalf("record = %s, want the admin's and the root's deed once each, and nothing personal", record.Text)
	}
	roles, profile := deeds[0].(map[string]any), deeds[1].(map[string]any)
	if roles["action"] != "ROLES_CHANGED" || roles["actor"] != root.ID || roles["detail"] != "ADMIN" ||
		profile["action"] != "PROFILE_CHANGED" || profile["actor"] != admin.ID || profile["detail"] != "firstName,address" {
		t.Errorf("record = %s", record.Text)
	}
	for _, by := range []person{admin, me} {
		s.call(t, "GET", "/v1/admin/audit", by.Access, nil).refused(403, "FORBIDDEN")
	}
}

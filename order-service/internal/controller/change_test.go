package controller_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestClientCancelsTheirOrder(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, confirmed := range []bool{false, true} {
		path, version := s.place(t, ada), `"2"`
		if confirmed {
			s.settle(t, path, 2)
			version = `"3"`
		}
		s.Refused(t, http.StatusNotFound, "NOT_FOUND", grace, "POST", path+"/cancel", "")
		got := s.Must(t, http.StatusOK, ada, "POST", path+"/cancel", "")
		if got.Body["status"] != "CANCELLED" || got.Body["reason"] != "CLIENT_REQUEST" || got.Header.Get("ETag") != version {
			t.Errorf("cancelled: %s %s", got.Header.Get("ETag"), got.Raw)
		}
		if read := s.Must(t, http.StatusOK, ada, "GET", path, ""); read.Raw != got.Raw {
			t.Errorf("read as %s, want %s", read.Raw, got.Raw)
		}
		s.Refused(t, http.StatusConflict, "ILLEGAL_STATUS", ada, "POST", path+"/cancel", "")
		s.Refused(t, http.StatusConflict, "ILLEGAL_STATUS", admin, "PUT", path+"/status", `{"status": "CANCELLED"}`)
		s.Refused(t, http.StatusConflict, "ILLEGAL_STATUS", admin, "PUT", path+"/status", `{"status": "SHIPPED"}`)
	}
}

func TestAdminShipsAndCancels(t *testing.T) {
	t.Parallel()
	s := open(t)
	path := s.place(t, ada)
	s.Refused(t, http.StatusConflict, "ILLEGAL_STATUS", admin, "PUT", path+"/status", `{"status": "SHIPPED"}`)
	s.settle(t, path, 2)
	got := s.Must(t, http.StatusOK, admin, "PUT", path+"/status", `{"status": "SHIPPED", "note": "by lorry"}`)
	if got.Body["status"] != "SHIPPED" || got.Body["reason"] != nil || got.Body["totalPrice"] != 39.8 || got.Header.Get("ETag") != `"3"` {
		t.Errorf("shipped: %s", got.Raw)
	}
	s.Refused(t, http.StatusConflict, "ILLEGAL_STATUS", ada, "POST", path+"/cancel", "")
	s.Refused(t, http.StatusConflict, "ILLEGAL_STATUS", root, "PUT", path+"/status", `{"status": "SHIPPED"}`)

	other := s.place(t, ada)
	got = s.Must(t, http.StatusOK, root, "PUT", other+"/status", `{"status": "CANCELLED", "note": null}`)
	if got.Body["status"] != "CANCELLED" || got.Body["reason"] != "ADMIN_REQUEST" {
		t.Errorf("cancelled: %s", got.Raw)
	}
}

func TestOtherStatusesCannotBeSet(t *testing.T) {
	t.Parallel()
	s := open(t)
	path := s.place(t, ada)
	for body, want := range map[string][]string{
		`{"status": "CONFIRMED"}`: {"body.status"}, `{"status": "NEW"}`: {"body.status"}, `{"status": "shipped"}`: {"body.status"},
		`{"status": 1}`: {"body.status"}, `{"status": null}`: {"body.status"}, `{}`: {"body.status"},
		`{"status": "", "note": "` + strings.Repeat("x", 501) + `", "reason": "x"}`: {"body.note", "body.reason", "body.status"},
		`{"status": "SHIPPED", "note": "by\u0000lorry"}`:                            {"body.note"},
	} {
		got := s.Refused(t, http.StatusUnprocessableEntity, "INVALID_REQUEST", admin, "PUT", path+"/status", body)
		if diff := cmp.Diff(want, got.Places()); diff != "" {
			t.Errorf("%s: places (-want +got):\n%s", body, diff)
		}
	}
	s.Refused(t, http.StatusBadRequest, "MALFORMED_REQUEST", admin, "PUT", path+"/status", "")
}

func TestChangeMayBeTiedToAVersion(t *testing.T) {
	t.Parallel()
	s := open(t)
	path := s.place(t, ada)
	s.settle(t, path, 2)
	for _, stale := range []string{`"1"`, `W/"2"`, "2", `"1", "3"`} {
		s.Refused(t, http.StatusPreconditionFailed, "VERSION_MISMATCH", ada, "POST", path+"/cancel", "", "If-Match", stale)
		s.Refused(t, http.StatusPreconditionFailed, "VERSION_MISMATCH", admin, "PUT", path+"/status", `{"status": "SHIPPED"}`, "If-Match", stale)
	}
	s.Refused(t, http.StatusNotFound, "NOT_FOUND", grace, "POST", path+"/cancel", "", "If-Match", `"1"`)
	s.Must(t, http.StatusOK, admin, "PUT", path+"/status", `{"status": "SHIPPED"}`, "If-Match", `"1", "2"`)
	s.Refused(t, http.StatusPreconditionFailed, "VERSION_MISMATCH", ada, "POST", path+"/cancel", "", "If-Match", `"2"`)
	s.Refused(t, http.StatusConflict, "ILLEGAL_STATUS", ada, "POST", path+"/cancel", "", "If-Match", "*")
}

func TestHistoryKeepsEveryStep(t *testing.T) {
	t.Parallel()
	s := open(t)
	trace := "4bf92f3577b34da6a3ce929d0e0e4736"
	placed := s.Must(t, http.StatusCreated, ada, "POST", "/v1/orders", cart, "Traceparent", "00-"+trace+"-00f067aa0ba902b7-01")
	path := placed.Header.Get("Location")
	s.settle(t, path, 2)
	s.Must(t, http.StatusOK, admin, "PUT", path+"/status", `{"status": "SHIPPED", "note": "by lorry"}`, "Traceparent", "00-"+trace+"-00f067aa0ba902b7-01")
	got := s.Must(t, http.StatusOK, ada, "GET", path+"/history", "")
	text := strings.TrimSpace(got.Raw)
	for _, item := range got.Body["items"].([]any) {
		at := item.(map[string]any)["occurredAt"].(string)
		if len(at) != len("2026-01-02T03:04:05.678Z") {
			t.Errorf("occurredAt = %s, want milliseconds", at)
		}
		text = strings.Replace(text, at, "THEN", 1)
	}
	want := `{"items":[` +
		`{"sequence":1,"from":null,"to":"NEW","actor":"` + s.guests[ada].UserID.String() + `","reason":null,"note":null,"occurredAt":"THEN","traceId":"` + trace + `"},` +
		`{"sequence":2,"from":"NEW","to":"PARTIAL_CONFIRMED","actor":"product-service","reason":null,"note":null,"occurredAt":"THEN","traceId":"0af7651916cd43dd8448eb211c80319c"},` +
		`{"sequence":3,"from":"PARTIAL_CONFIRMED","to":"SHIPPED","actor":"` + s.guests[admin].UserID.String() + `","reason":null,"note":"by lorry","occurredAt":"THEN","traceId":"` + trace + `"}]}`
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

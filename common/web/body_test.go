package web_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/web"
)

func TestBodyThatIsNoJSONIsMalformed(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	for name, body := range map[string]string{
		"half an object":       `{"name":"hunter2"`,
		"something behind":     `{"name":"a","price":1} x`,
		"two documents":        `{"name":"a","price":1}{}`,
		"a comma too many":     `{"name":"a","price":1,}`,
		"single quotes":        `{'name':'hunter2'}`,
		"no JSON at all":       `name=hunter2`,
		"white space":          " \n ",
		"a byte order mark":    "\ufeff{}",
		"a control character":  "{\"name\":\"hun\x01ter2\"}",
		"too deep":             strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000),
		"deep and open":        strings.Repeat("[", 500_000),
		"no UTF-8":             "{\"name\":\"a\xff\",\"price\":1}",
		"half a character":     "{\"name\":\"\xf0\x9f\x98\",\"price\":1}",
		"half a pair":          `{"name":"a\ud83d","price":1}`,
		"a field twice":        `{"name":"hunter2","price":1,"name":"b"}`,
		"twice inside":         `{"name":"a","price":1,"origin":{"country":"toolong"},"origin":{"city":"x"}}`,
		"twice in an item":     `{"name":"a","price":1,"parts":[{"id":"` + thingID + `","quantity":99999,"quantity":1}]}`,
		"twice, one escaped":   `{"name":"a","price":1,"n\u0061me":"b"}`,
		"infinity":             `{"name":"a","price":Infinity}`,
		"a leading zero":       `{"name":"a","price":01}`,
		"a hexadecimal number": `{"name":"a","price":0x1}`,
	} {
		got := s.post(body)
		p := got.problem(t, http.StatusBadRequest, fault.CodeMalformedRequest)
		if len(p.Errors) != 1 || p.Errors[0].Location != "body" || strings.Contains(string(got.raw), "hunter2") {
			t.Errorf("%s: answer %s, want one mistake of the body", name, got.raw)
		}
	}
}

func TestCompressedBodyIsUnsupported(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	s.post(`{"name":"a","price":1}`, "Content-Encoding", "gzip").problem(t, http.StatusUnsupportedMediaType, fault.CodeUnsupportedMediaType)
	if got := s.post(`{"name":"a","price":1}`, "Content-Encoding", "Identity"); got.StatusCode != http.StatusCreated {
		t.Errorf("a body as it is answers %s: %s", got.Status, got.raw)
	}
}

func TestBodyIsNeeded(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	for _, headers := range [][]string{nil, {"Content-Type", "application/json"}, {"Content-Type", "text/plain"}} {
		if p := s.post("", headers...).problem(t, http.StatusBadRequest, fault.CodeMalformedRequest); p.Detail != "The request needs a body." {
			t.Errorf("detail %q, want that a body is needed", p.Detail)
		}
	}
}

func TestBodyOfAnotherKindDoesNotFit(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	for _, body := range []string{`[]`, `"hunter2"`, `7`, `null`, `true`, `[{"name":"a","price":1}]`} {
		got := s.post(body)
		p := got.problem(t, http.StatusUnprocessableEntity, fault.CodeInvalidRequest)
		if diff := cmp.Diff([]string{"body: expected object"}, places(p)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}

func TestOnlyJSONIsTaken(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	const body = `{"name":"a","price":1}`
	for _, kind := range []string{"text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/cbor", "application/jsonx"} {
		s.post(body, "Content-Type", kind).problem(t, http.StatusUnsupportedMediaType, fault.CodeUnsupportedMediaType)
	}
	for _, kind := range []string{"application/json", "application/json; charset=utf-8", "", "application/merge-patch+json", "Application/JSON", "APPLICATION/JSON;charset=UTF-8"} {
		if got := s.post(body, "Content-Type", kind); got.StatusCode != http.StatusCreated {
			t.Errorf("Content-Type %q answers %s: %s", kind, got.Status, got.raw)
		}
	}
}

func TestTextIsTakenAsItIs(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	for _, name := range []string{"Zoë's «thing»", "colon: \"x\":\\", "<b>&amp;</b>", "日本語", "a\x00b", "🎉"} {
		var got struct{ Name string }
		answer := s.post(fmt.Sprintf(`{"name":%s,"price":1}`, jsonText(name)))
		if answer.into(t, &got); got.Name != name || answer.StatusCode != http.StatusCreated {
			t.Errorf("name %q became %q: %s", name, got.Name, answer.raw)
		}
	}
}

// filled is a valid body of exactly n bytes.
func filled(n int) string {
	const body = `{"name":"a","price":1}`
	return body + strings.Repeat(" ", n-len(body))
}

func TestBodyOfAMegabyteIsTakenAndNoByteMore(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	if got := s.post(filled(web.MaxBody)); got.StatusCode != http.StatusCreated {
		t.Errorf("1 MiB answers %s: %s", got.Status, got.raw)
	}
	s.post(filled(web.MaxBody+1)).problem(t, http.StatusRequestEntityTooLarge, fault.CodeBodyTooLarge)
	for n, want := range map[int]int{web.MaxBody: http.StatusCreated, web.MaxBody + 1: http.StatusRequestEntityTooLarge} {
		if got := s.send(chunked(t, s, filled(n))); got.StatusCode != want {
			t.Errorf("%d bytes in chunks answer %s, want %d", n, got.Status, want)
		}
	}
}

// chunked is a request that does not say how long its body is.
func chunked(t *testing.T, s *shop, body string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "POST", s.url+"/v1/things", struct{ io.Reader }{strings.NewReader(body)})
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer client")
	return request
}

func TestBodyThatIsTooLargeIsRefusedUnread(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	// Not a byte of the body is sent: an answer must come all the same.
	got := s.raw("POST /v1/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer client\r\nContent-Length: 1048577\r\n\r\n")
	if got.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("answers %s before the body", got.Status)
	}
}

// raw sends bytes and returns the answer.
func (s *shop) raw(text string) *http.Response {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil {
		s.t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { response.Body.Close() })
	return response
}

func TestBodyThatBreaksOffIsTheClientsFault(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	const head = "POST /v1/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer client\r\nTransfer-Encoding: chunked\r\n\r\n"
	for _, body := range []string{"zz\r\n", "2\r\n{}xx", "-1\r\n"} {
		if got := s.raw(head + body); got.StatusCode != http.StatusBadRequest {
			t.Errorf("body %q answers %s", body, got.Status)
		}
	}
	if said := s.logs.String(); said != "" {
		t.Errorf("logged %s", said)
	}
}

// bodyWait sets how long a route waits for its body.
func bodyWait(d time.Duration) web.Option {
	return func(op *huma.Operation) { op.BodyReadTimeout = d }
}

func TestBodyThatDoesNotArriveIsGivenUp(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(api *web.API) {
		web.Post(api, "/v1/things", "Add", web.Public(), add, bodyWait(50*time.Millisecond))
	})
	got := s.raw("POST /v1/things HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
	raw, err := io.ReadAll(got.Body)
	if got.StatusCode != http.StatusBadRequest || err != nil || !strings.Contains(string(raw), "too long to arrive") {
		t.Errorf("answers %s %s, %v", got.Status, raw, err)
	}
}

// The handler outlasts the limit of the body, which a busy machine must be able
// to bring within it.
func TestHandlerMayTakeLongerThanItsBody(t *testing.T) {
	t.Parallel()
	const limit = 2 * time.Second
	s := newShop(t, func(api *web.API) {
		web.Post(api, "/v1/things", "Add", web.Public(), func(ctx context.Context, _ *thingInput) (*struct{}, error) {
			select {
			case <-time.After(limit + limit/4):
				return nil, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}, bodyWait(limit))
	})
	for _, size := range []int{1000, 900_000} {
		t.Run(strconv.Itoa(size), func(t *testing.T) {
			t.Parallel()
			if got := s.send(chunked(t, s, filled(size))); got.StatusCode != http.StatusCreated {
				t.Errorf("answers %s: %s", got.Status, got.raw)
			}
		})
	}
}

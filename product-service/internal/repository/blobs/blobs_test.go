package blobs

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/fault"
)

// TestStoresBehaveAlike: a folder, something like an S3 server, and the real one
// that TEST_S3_URL names with AWS's variables.
func TestStoresBehaveAlike(t *testing.T) {
	t.Parallel()
	places := map[string]string{"files": "file://" + t.TempDir() + "?no_tmp_dir=true", "like S3": "s3://pictures?use_path_style=true&endpoint=" + newBucket(t)}
	credentials := Credentials{KeyID: "someone", Secret: "secret"}
	if real := os.Getenv("TEST_S3_URL"); real != "" {
		places["S3"] = real
	}
	for name, at := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := credentials
			if name == "S3" {
				c = Credentials{KeyID: os.Getenv("AWS_ACCESS_KEY_ID"), Secret: config.Secret(os.Getenv("AWS_SECRET_ACCESS_KEY"))}
			}
			store, err := Open(t.Context(), at, c, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close() //nolint:errcheck // a test
			behaves(t, store)
		})
	}
}

func behaves(t *testing.T, store *Store) {
	t.Helper()
	const name = "products/one/two-160"
	if _, err := store.Read(t.Context(), name); fault.KindOf(err) != fault.NotFound {
		t.Errorf("Read of nothing = %v, want NotFound", err)
	}
	for _, data := range [][]byte{[]byte("first"), bytes.Repeat([]byte("second"), 100_000)} {
		if err := store.Write(t.Context(), name, data, "application/octet-stream"); err != nil {
			t.Fatalf("Write: %v", err)
		}
		if got, err := store.Read(t.Context(), name); err != nil || !bytes.Equal(got, data) {
			t.Errorf("Read = %d bytes, %v; want %d", len(got), err, len(data))
		}
	}
	for range 2 {
		if err := store.Delete(t.Context(), name); err != nil {
			t.Errorf("Delete = %v", err)
		}
	}
	if _, err := store.Read(t.Context(), name); fault.KindOf(err) != fault.NotFound {
		t.Errorf("Read of what was deleted = %v, want NotFound", err)
	}
}

// newBucket is a server that keeps objects and takes no unsigned request.
func newBucket(t *testing.T) string {
	t.Helper()
	var mu sync.Mutex
	objects := map[string][]byte{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		key, ok := strings.CutPrefix(r.URL.Path, "/pictures/")
		data, found := objects[key]
		switch {
		case !ok || !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=someone/"):
			w.WriteHeader(http.StatusForbidden)
		case r.Method == http.MethodPut:
			objects[key], _ = io.ReadAll(r.Body) //nolint:errcheck // a test
		case r.Method == http.MethodDelete:
			delete(objects, key)
			w.WriteHeader(http.StatusNoContent)
		case !found:
			w.WriteHeader(http.StatusNotFound)
		default:
			w.Write(data) //nolint:errcheck // a test
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// The example of AWS's documentation: GET Object.
func TestSignatureIsThatOfTheStandard(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "https://examplebucket.s3.amazonaws.com/test.txt", nil)
	r.URL.Host = "examplebucket.s3.amazonaws.com"
	r.Header = http.Header{"Range": {"bytes=0-9"}}
	sign(r, nil, keys{id: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}, "us-east-1", time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC))
	const want = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
	if got := r.Header.Get("Authorization"); !strings.HasSuffix(got, "Signature="+want) {
		t.Errorf("Authorization = %s, want signature %s", got, want)
	}
}

func TestCredentialsComeFromVariablesOrAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "credentials")
	text := "[other]\naws_access_key_id = x\naws_secret_access_key = y\n[default]\n# ours\naws_access_key_id = someone\naws_secret_access_key=secret=\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := (Credentials{File: file}).load(); err != nil || got.id != "someone" || got.secret != "secret=" {
		t.Errorf("load = %+v, %v", got, err)
	}
	if _, err := (Credentials{KeyID: "someone"}).load(); err == nil {
		t.Error("half of the credentials are taken")
	}
	for _, at := range []string{"mem://", "s3://bucket", ":"} {
		if _, err := Open(t.Context(), at, Credentials{}, time.Now); err == nil {
			t.Errorf("Open(%s) = nil", at)
		}
	}
}

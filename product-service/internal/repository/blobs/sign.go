package blobs

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"
)

// sign adds the signature of AWS, version 4, to a request: "Authenticating
// Requests: Using the Authorization Header" of the S3 API reference.
func sign(r *http.Request, body []byte, k keys, region string, now time.Time) {
	now = now.UTC()
	day, moment := now.Format("20060102"), now.Format("20060102T150405Z")
	sum := sha256.Sum256(body)
	digest := hex.EncodeToString(sum[:])
	r.Header.Set("X-Amz-Date", moment)
	r.Header.Set("X-Amz-Content-Sha256", digest)
	if k.token != "" {
		r.Header.Set("X-Amz-Security-Token", k.token)
	}
	names, lines := signedHeaders(r)
	canonical := strings.Join([]string{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, lines, names, digest}, "\n")
	scope := strings.Join([]string{day, region, "s3", "aws4_request"}, "/")
	hashed := sha256.Sum256([]byte(canonical))
	text := strings.Join([]string{"AWS4-HMAC-SHA256", moment, scope, hex.EncodeToString(hashed[:])}, "\n")
	key := []byte("AWS4" + k.secret.Reveal())
	for _, part := range []string{day, region, "s3", "aws4_request", text} {
		key = mac(key, part)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+k.id+"/"+scope+", SignedHeaders="+names+", Signature="+hex.EncodeToString(key))
}

// signedHeaders are the host and all headers that are set, in their canonical
// form.
func signedHeaders(r *http.Request) (names, lines string) {
	values := map[string]string{"host": r.URL.Host}
	all := []string{"host"}
	for name := range r.Header {
		lower := strings.ToLower(name)
		all = append(all, lower)
		values[lower] = strings.TrimSpace(r.Header.Get(name))
	}
	slices.Sort(all)
	var text strings.Builder
	for _, name := range all {
		text.WriteString(name + ":" + values[name] + "\n")
	}
	return strings.Join(all, ";"), text.String()
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

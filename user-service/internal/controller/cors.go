package controller

import (
	"net/http"
	"slices"
)

// forScripts are what an application that runs in a browser calls itself: it
// brings tokens, codes and verifiers, and no cookie counts there.
var forScripts = []string{
	"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/.well-known/jwks.json",
	"/oauth2/token", "/oauth2/revoke", "/oauth2/userinfo",
}

// Scripted lets scripts of any site call the routes that public applications
// need (Fetch, 3.3). The pages are not among them: those are for people.
func Scripted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(forScripts, r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "WWW-Authenticate, Retry-After")
		if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
			next.ServeHTTP(w, r)
			return
		}
		h.Set("Access-Control-Allow-Methods", "GET, POST")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
		h.Set("Access-Control-Max-Age", "7200") // seconds; browsers keep it no longer
		w.WriteHeader(http.StatusNoContent)
	})
}

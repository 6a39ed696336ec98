package entity

import (
	"slices"
	"strings"
)

// The scopes that people give to applications. Any other is for services in
// their own name, such as product.validate.
const (
	ScopeOpenID  = "openid"         // who you are
	ScopeProfile = "profile"        // your name
	ScopeEmail   = "email"          // your e-mail address
	ScopeShop    = "shop"           // shop as you
	ScopeOffline = "offline_access" // stay signed in while you are away
)

// PeoplesScopes lists the scopes that people give to applications.
func PeoplesScopes() []string {
	return []string{ScopeOpenID, ScopeProfile, ScopeEmail, ScopeShop, ScopeOffline}
}

// ReadScope splits a scope parameter and leaves out repetitions.
func ReadScope(text string) []string {
	var scopes []string
	for scope := range strings.FieldsSeq(text) {
		if !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}

// covers reports whether every one of wanted is in given.
func covers(given, wanted []string) bool {
	return !slices.ContainsFunc(wanted, func(scope string) bool { return !slices.Contains(given, scope) })
}

// isScope reports whether text is a scope token of RFC 6749, 3.3.
func isScope(text string) bool {
	return text != "" && len(text) <= 100 && !strings.ContainsFunc(text, func(c rune) bool {
		return c < '!' || c > '~' || c == '"' || c == '\\'
	})
}

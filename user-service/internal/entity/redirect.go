package entity

import (
	"net/netip"
	"net/url"
	"strings"
)

const maxRedirect = 500

// redirectMistake says what is wrong with an address that codes are sent to, ""
// if nothing is: https, http on the machine itself (RFC 8252, 7.3), or an
// application's own scheme with a dot in it (7.1).
func redirectMistake(uri string) string {
	parsed, err := url.Parse(uri)
	switch {
	case len(uri) > maxRedirect:
		return "is longer than 500 bytes"
	case err != nil || !parsed.IsAbs() || strings.ContainsFunc(uri, func(c rune) bool { return c <= ' ' || c > '~' || strings.ContainsRune(`"'<>\;,*`, c) }):
		return "is not an absolute address"
	case parsed.Fragment != "" || strings.Contains(uri, "#"):
		return "has a fragment"
	case parsed.User != nil:
		return "has a user in it"
	}
	switch parsed.Scheme {
	case "https":
		return hostMistake(parsed)
	case "http":
		if !isLoopback(parsed.Hostname()) {
			return "is http and not on the machine itself; use https"
		}
		return ""
	}
	if !strings.Contains(parsed.Scheme, ".") {
		return "is neither https nor an application's own scheme, such as com.example.app"
	}
	return ""
}

func hostMistake(parsed *url.URL) string {
	if parsed.Hostname() == "" {
		return "has no host"
	}
	return ""
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// FormTarget returns the source expression under which a page allows its form to
// lead to a redirect address (CSP, form-action).
func FormTarget(redirectURI string) string {
	parsed, err := url.Parse(redirectURI)
	switch {
	case err != nil:
		return ""
	case parsed.Host != "":
		return parsed.Scheme + "://" + parsed.Host
	}
	return parsed.Scheme + ":"
}

// WithParameters adds parameters to a registered address and keeps its own.
func WithParameters(redirectURI string, parameters url.Values) string {
	mark := "?"
	if strings.Contains(redirectURI, "?") {
		mark = "&"
	}
	return redirectURI + mark + parameters.Encode()
}

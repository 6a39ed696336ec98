package controller

import (
	"net/netip"
	"strings"
	"testing"
)

func TestClientAddressIsTheFirstThatIsNoProxy(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	tests := []struct {
		name, peer, forwarded, want string
	}{
		{"direct", "192.0.2.1:4711", "", "192.0.2.1"},
		{"direct, with a claim", "192.0.2.1:4711", "198.51.100.1", "192.0.2.1"},
		{"behind a proxy", "127.0.0.1:4711", "192.0.2.1", "192.0.2.1"},
		{"behind two", "127.0.0.1:4711", "192.0.2.1, 10.1.2.3", "192.0.2.1"},
		{"claim before the proxy", "127.0.0.1:4711", "198.51.100.1, 192.0.2.1", "192.0.2.1"},
		{"proxy alone", "127.0.0.1:4711", "", "127.0.0.1"},
		{"client inside", "127.0.0.1:4711", "10.1.2.3, 127.0.0.1", "10.1.2.3"},
		{"nonsense at the end", "127.0.0.1:4711", "192.0.2.1, unknown", "127.0.0.1"},
		{"IPv6", "[::1]:4711", "2001:db8::1", "2001:db8::1"},
		{"IPv4 in IPv6", "[::ffff:127.0.0.1]:4711", "::ffff:192.0.2.1", "192.0.2.1"},
		{"with a port", "127.0.0.1:4711", "192.0.2.1:80", "192.0.2.1"},
		{"unknown peer", "@", "192.0.2.1", "invalid IP"},
	}
	for _, tt := range tests {
		var forwarded []string
		if tt.forwarded != "" {
			forwarded = strings.Split(tt.forwarded, ",")
		}
		if got := clientAddress(tt.peer, forwarded, proxies).String(); got != tt.want {
			t.Errorf("%s: clientAddress(%s, %s) = %s, want %s", tt.name, tt.peer, tt.forwarded, got, tt.want)
		}
	}
}

func TestUserAgentIsKeptWithinBounds(t *testing.T) {
	t.Parallel()
	origin := Origin{UserAgent: strings.Repeat("ü", maxUserAgent), peer: "192.0.2.1:1"}
	if got := origin.device(nil); len(got.UserAgent) > maxUserAgent || got.UserAgent != strings.Repeat("ü", maxUserAgent/2) {
		t.Errorf("device = %+v, want half of the user agent", got)
	}
}

func FuzzClientAddressBelievesNoStranger(f *testing.F) {
	f.Add("192.0.2.1:1", "10.0.0.1")
	f.Add("127.0.0.1:1", "x, ::1")
	f.Fuzz(func(t *testing.T, peer, forwarded string) {
		got := clientAddress(peer, strings.Split(forwarded, ","), nil)
		if got.IsValid() && got != parseAddress(peer) {
			t.Errorf("clientAddress(%q, %q) = %v", peer, forwarded, got)
		}
	})
}

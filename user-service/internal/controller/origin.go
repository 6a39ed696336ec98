package controller

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// maxUserAgent bounds what is kept of a User-Agent, in bytes.
const maxUserAgent = 200

// Origin is the part of an input that tells where a request comes from.
type Origin struct {
	UserAgent string `header:"User-Agent" hidden:"true"`
	peer      string
	forwarded []string // by the hops, the nearest last
}

// Resolve notes the connection's other end and what proxies said.
func (o *Origin) Resolve(c huma.Context) []error {
	o.peer = c.RemoteAddr()
	c.EachHeader(func(name, value string) {
		if strings.EqualFold(name, "X-Forwarded-For") {
			o.forwarded = append(o.forwarded, strings.Split(value, ",")...)
		}
	})
	return nil
}

// Origins knows where requests come from and where the provider is.
type Origins struct {
	Issuer  string         // the provider's base address, as applications know it
	Proxies []netip.Prefix // whose X-Forwarded-For is believed
}

// device tells where a request outside of typed routes comes from.
func (o Origins) device(r *http.Request) entity.Device {
	origin := Origin{UserAgent: r.UserAgent(), peer: r.RemoteAddr}
	for _, value := range r.Header.Values("X-Forwarded-For") {
		origin.forwarded = append(origin.forwarded, strings.Split(value, ",")...)
	}
	return origin.device(o.Proxies)
}

func (o *Origin) device(proxies []netip.Prefix) entity.Device {
	agent := strings.ToValidUTF8(o.UserAgent[:min(len(o.UserAgent), maxUserAgent)], "")
	address := ""
	if client := clientAddress(o.peer, o.forwarded, proxies); client.IsValid() {
		address = client.String()
	}
	return entity.Device{UserAgent: agent, Address: address}
}

// clientAddress returns who is behind a chain of proxies: walking from the peer
// outwards, the first that is no trusted proxy, or the last that all others
// vouch for. What a stranger claims about others is not believed.
func clientAddress(peer string, forwarded []string, proxies []netip.Prefix) netip.Addr {
	trusted := func(a netip.Addr) bool {
		return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	client := parseAddress(peer)
	for _, hop := range slices.Backward(forwarded) {
		next := parseAddress(strings.TrimSpace(hop))
		if !trusted(client) || !next.IsValid() {
			break
		}
		client = next
	}
	return client
}

// parseAddress reads an address with or without a port; IPv4 in IPv6 is IPv4.
func parseAddress(text string) netip.Addr {
	if both, err := netip.ParseAddrPort(text); err == nil {
		return both.Addr().Unmap().WithZone("")
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap().WithZone("")
}

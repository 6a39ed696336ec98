package fleet

import (
	"cmp"
	"strings"

	"github.com/oms-fleet/oms/fleet/internal/address"
	"github.com/oms-fleet/oms/fleet/internal/services"
)

// addresses are where the parts listen that people talk to.
type addresses struct {
	gateway  string
	kafka    string            // "" when brokers are given
	services map[string]string // by name
}

// takeAddresses finds out where to listen and tells everything that stands in
// the way at once.
func takeAddresses(environ []string) (addresses, error) {
	wants := []address.Want{want(environ, "FLEET_GATEWAY_ADDR", "127.0.0.1:8080")}
	for _, s := range services.All() {
		wants = append(wants, want(environ, s.Variable(), s.Address))
	}
	if variable(environ, "FLEET_KAFKA") == "" {
		wants = append(wants, want(environ, "FLEET_KAFKA_ADDR", "127.0.0.1:9092"))
	}
	taken, err := address.Take(wants...)
	if err != nil {
		return addresses{}, err
	}
	found := addresses{gateway: taken[0], services: map[string]string{}}
	for i, s := range services.All() {
		found.services[s.Name] = taken[1+i]
	}
	if rest := taken[1+len(found.services):]; len(rest) > 0 {
		found.kafka = rest[0]
	}
	return found, nil
}

func (a addresses) gatewayURL() string { return address.URL(a.gateway) }

func want(environ []string, name, usual string) address.Want {
	return address.Want{Variable: name, Address: cmp.Or(variable(environ, name), usual)}
}

// variable is the value of an environment variable, "" if it is not set. Of two
// the later counts, as for a process.
func variable(environ []string, name string) (value string) {
	for _, line := range environ {
		if text, ok := strings.CutPrefix(line, name+"="); ok {
			value = text
		}
	}
	return value
}

package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/oms-fleet/oms/user-service/internal/controller"
	"github.com/oms-fleet/oms/user-service/internal/security"
)

// providerConfig is another provider as OIDC_PROVIDERS has it.
type providerConfig struct {
	Name         string `json:"name"`
	Issuer       string `json:"issuer"`
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
}

// providers returns the other providers that people may sign in with. Mistakes
// are told without the values, of which some are secret. Providers are asked
// only when somebody wants to sign in with them.
func (o OAuth) providers(issuer string) ([]controller.NamedProvider, error) {
	var listed []providerConfig
	if o.Providers != "" {
		decoder := json.NewDecoder(bytes.NewReader([]byte(o.Providers.Reveal())))
		decoder.DisallowUnknownFields()
		if decoder.Decode(&listed) != nil || decoder.More() {
			return nil, errors.New("OIDC_PROVIDERS is not a JSON array of {name, issuer, clientId, clientSecret}")
		}
	}
	nameable := regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 _-]{0,49}$`)
	seen, found := map[string]bool{}, make([]controller.NamedProvider, len(listed))
	for i, p := range listed {
		parsed, err := url.Parse(p.Issuer)
		switch {
		case !nameable.MatchString(p.Name) || seen[p.Name]:
			return nil, fmt.Errorf("OIDC_PROVIDERS, item %d: name is no name of its own of letters, digits, blanks, _ and -", i+1)
		case err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http":
			return nil, fmt.Errorf("OIDC_PROVIDERS, item %d: issuer is no address", i+1)
		case p.ClientID == "":
			return nil, fmt.Errorf("OIDC_PROVIDERS, item %d: clientId is missing", i+1)
		}
		seen[p.Name] = true
		back := strings.TrimSuffix(issuer, "/") + "/oauth2/providers/" + url.PathEscape(p.Name) + "/callback"
		found[i] = controller.NamedProvider{Name: p.Name, Provider: security.NewProvider(p.Name, p.Issuer, p.ClientID, p.ClientSecret, back)}
	}
	return found, nil
}

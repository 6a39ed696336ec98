package services

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Surroundings are what a service must know of the fleet around it.
type Surroundings struct {
	Gateway  string // base address
	Users    string // base address of user-service
	Products string // base address of product-service
	Kafka    string // host:port,host:port
	Redis    string // host:port; empty for a service that is to do without
	Database string // the service's own, as a DSN
	Address  string // where the service listens
	Key      string // encrypts what user-service keeps
	Blobs    string // folder of images
}

// Settings are environment variables, unprefixed, by their name.
type Settings struct {
	Facts    map[string]string // how the fleet is; nobody else knows better
	Defaults map[string]string // for what the environment leaves open
}

// Settings are those of a service in these surroundings.
func (s Service) Settings(around Surroundings) Settings {
	settings := Settings{
		Facts: map[string]string{
			"HTTP_ADDR":     around.Address,
			"DB_DSN":        around.Database,
			"KAFKA_BROKERS": around.Kafka,
			"JWKS_URL":      around.Users + "/.well-known/jwks.json",
			"TOKEN_URL":     around.Users + "/oauth2/token",
		},
		Defaults: map[string]string{
			"JWT_ISSUER":  around.Gateway,
			"BLOB_URL":    blobs(around.Blobs),
			"SEED_DEMO":   "true",
			"LOG_FORMAT":  "text",
			"DRAIN_DELAY": "0s", // no balancer here has to notice
		},
	}
	if around.Redis != "" { // an empty setting is none
		settings.Facts["REDIS_ADDR"] = around.Redis
	}
	if s.Short == "user" { // nobody else has a use for it
		settings.Defaults["KEY_ENCRYPTION_KEY"] = around.Key
	}
	if s.Short == "order" {
		settings.Facts["PRODUCT_SERVICE_URL"] = around.Products
	}
	if s.Short != "product" { // it gives out no token and asks for none
		settings.Defaults["ORDER_SERVICE_SECRET"] = shared(around.Key, "order-service")
	}
	return settings
}

// blobs is a folder as gocloud's fileblob wants it told: made when missing, and
// written within, since a rename from elsewhere may cross file systems.
func blobs(folder string) string {
	u := url.URL{Scheme: "file", Path: folder, RawQuery: "create_dir=true&no_tmp_dir=true"}
	return u.String()
}

// shared is a secret for a purpose that services share, made from the fleet's
// key, which it does not tell.
func shared(key, purpose string) string {
	mac := hmac.New(sha256.New, []byte(key))
	io.WriteString(mac, purpose) //nolint:errcheck // it never fails (hash.Hash)
	return hex.EncodeToString(mac.Sum(nil))
}

// Environment is that of a process of the service's own: the inherited one and
// the settings. Facts win over what was inherited, defaults do not.
func (s Service) Environment(inherited []string, settings Settings) []string {
	known := variables(inherited)
	merged := maps.Clone(known)
	for name, value := range settings.Facts {
		merged[name] = value
		delete(merged, s.Prefix+"_"+name) // would win over it
	}
	for name, value := range settings.Defaults {
		if !s.set(known, name) {
			merged[name] = value
		}
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(merged)) {
		lines = append(lines, name+"="+merged[name])
	}
	return lines
}

// Own are the variables that tell the service its settings where several share
// the inherited environment: under its prefix, which no other reads.
func (s Service) Own(inherited []string, settings Settings) map[string]string {
	known, own := variables(inherited), map[string]string{}
	for name, value := range settings.Facts {
		own[s.Prefix+"_"+name] = value
	}
	for name, value := range settings.Defaults {
		if !s.set(known, name) {
			own[s.Prefix+"_"+name] = value
		}
	}
	return own
}

// set reports whether the service finds a variable in an environment.
func (s Service) set(environment map[string]string, name string) bool {
	_, general := environment[name]
	_, particular := environment[s.Prefix+"_"+name]
	return general || particular
}

func variables(lines []string) map[string]string {
	found := make(map[string]string, len(lines))
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		found[name] = value
	}
	return found
}

// Demo reports whether the service makes its demo data in this environment.
func (s Service) Demo(environ []string) bool {
	known := variables(environ)
	for _, name := range []string{s.Prefix + "_SEED_DEMO", "SEED_DEMO"} {
		if text, ok := known[name]; ok {
			demo, err := strconv.ParseBool(text)
			return err == nil && demo
		}
	}
	return true
}

package config_test

import (
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/oms-fleet/oms/common/config"
)

// The environment belongs to the whole process, so these tests do not run in
// parallel.

type settings struct {
	Address string `envconfig:"T_ADDR" required:"true" desc:"where to listen"`
	Store   store
	Level   slog.Level     `envconfig:"T_LEVEL" default:"INFO" desc:"how much is logged"`
	Format  string         `envconfig:"T_FORMAT" default:"text" oneof:"text json" desc:"how it is logged"`
	Brokers []string       `envconfig:"T_BROKERS" default:"a:1,b:2" desc:"where messages go"`
	Nets    []netip.Prefix `envconfig:"T_NETS" default:"127.0.0.1/32" desc:"who is believed"`
	Demo    bool           `envconfig:"T_DEMO" default:"false" desc:"yes | no"`
	Share   float64        `envconfig:"T_SHARE" default:"0.5" desc:"of all"`
	Origin  netip.AddrPort `envconfig:"T_ORIGIN" desc:"if there is one"`
	Mode    string         `envconfig:"T_MODE" oneof:"fast safe" desc:"unset for neither"`
	//lint:ignore U1000 what is not exported is passed over
	inner struct {
		none int `envconfig:"T_INNER"`
	}
}

type store struct {
	Password config.Secret `envconfig:"T_PASSWORD" desc:"of the store"`
	Pool     pool
}

type pool struct {
	Size uint16        `envconfig:"T_SIZE" default:"16" min:"2" max:"1000" desc:"connections at most"`
	Wait time.Duration `envconfig:"T_WAIT" default:"2m" min:"1s" max:"1h" desc:"for a connection"`
	Keep int           `envconfig:"T_KEEP" min:"1" desc:"connections at least"`
}

func load(t *testing.T, prefix string, environment map[string]string) (settings, error) {
	t.Helper()
	for name, value := range environment {
		t.Setenv(name, value)
	}
	var cfg settings
	err := config.Load(prefix, &cfg)
	return cfg, err
}

func TestDefaultsHoldWhereNothingIsSet(t *testing.T) {
	got, err := load(t, "", map[string]string{"T_ADDR": ":80"})
	if err != nil {
		t.Fatal(err)
	}
	want := settings{
		Address: ":80", Store: store{Pool: pool{Size: 16, Wait: 2 * time.Minute}}, Format: "text",
		Brokers: []string{"a:1", "b:2"}, Nets: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Share: .5,
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(settings{}), cmpopts.EquateComparable(netip.Prefix{}, netip.AddrPort{})); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
}

func TestEverySettingIsRead(t *testing.T) {
	got, err := load(t, "SHOP", map[string]string{
		"T_ADDR": ":80", "T_PASSWORD": "hunter2", "T_SIZE": "20", "T_WAIT": "90s", "T_KEEP": "3", "T_LEVEL": "warn",
		"T_FORMAT": "json", "T_BROKERS": " x:1 , y:2", "T_NETS": "10.0.0.0/8,::1/128", "T_DEMO": "true", "T_SHARE": "0.25",
		"T_ORIGIN": "10.1.2.3:80", "T_MODE": "safe",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := settings{
		Address: ":80", Store: store{Password: "hunter2", Pool: pool{Size: 20, Wait: 90 * time.Second, Keep: 3}},
		Level: slog.LevelWarn, Format: "json", Brokers: []string{"x:1", "y:2"},
		Nets: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		Demo: true, Share: .25, Origin: netip.MustParseAddrPort("10.1.2.3:80"), Mode: "safe",
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(settings{}), cmpopts.EquateComparable(netip.Prefix{}, netip.AddrPort{})); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
	if got.Store.Password.Reveal() != "hunter2" {
		t.Errorf("Reveal() = %s, want the password", got.Store.Password.Reveal())
	}
}

func TestPrefixedVariableWins(t *testing.T) {
	environment := map[string]string{"T_ADDR": ":80", "SHOP_T_ADDR": ":81"}
	if got, err := load(t, "SHOP", environment); err != nil || got.Address != ":81" {
		t.Errorf("address for SHOP = %s, %v; want :81", got.Address, err)
	}
	if got, err := load(t, "OTHER", environment); err != nil || got.Address != ":80" {
		t.Errorf("address for OTHER = %s, %v; want :80", got.Address, err)
	}
}

func TestMistakeNamesTheVariableThatHasIt(t *testing.T) {
	_, err := load(t, "SHOP", map[string]string{"T_ADDR": ":80", "T_SIZE": "20", "SHOP_T_SIZE": "1"})
	if err == nil || err.Error() != "SHOP_T_SIZE is below 2" {
		t.Errorf("Load = %v, want SHOP_T_SIZE is below 2", err)
	}
}

func TestAllMistakesComeAtOnceAndWithoutValues(t *testing.T) {
	_, err := load(t, "SHOP", map[string]string{
		"T_PASSWORD": " ", "T_SIZE": "secret1", "T_WAIT": "secret2", "T_KEEP": "010", "T_LEVEL": "secret3",
		"T_FORMAT": "secret4", "T_BROKERS": "a,,b", "T_NETS": "secret5", "T_DEMO": "secret6", "T_SHARE": "secret7",
		"SHOP_T_ORIGIN": "secret8", "T_MODE": "secret9",
	})
	want := []string{
		"T_ADDR is required",
		"T_PASSWORD is set but empty",
		"T_SIZE is not a whole number",
		"T_WAIT is not a duration (such as 1m30s)",
		"T_KEEP has a leading zero",
		"T_LEVEL is not a level",
		"T_FORMAT is none of text, json",
		"T_BROKERS has an empty item",
		"T_NETS is not a list (a,b,c)",
		"T_DEMO is not a boolean (true or false)",
		"T_SHARE is not a number",
		"SHOP_T_ORIGIN is not an addrport",
		"T_MODE is none of fast, safe",
	}
	if err == nil {
		t.Fatal("Load found nothing wrong")
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
}

func TestOneVariableIsReadAsPeopleMeanIt(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"T_SIZE", "1", "T_SIZE is below 2"},
		{"T_SIZE", "2", ""},
		{"T_SIZE", "1000", ""},
		{"T_SIZE", "1001", "T_SIZE is above 1000"},
		{"T_SIZE", "65536", "T_SIZE is not a whole number"},
		{"T_SIZE", "-1", "T_SIZE is not a whole number"},
		{"T_SIZE", "0x10", "T_SIZE is not a whole number"},
		{"T_SIZE", "1_0", "T_SIZE is not a whole number"},
		{"T_SIZE", "016", "T_SIZE has a leading zero"},
		{"T_SIZE", "", "T_SIZE is set but empty"},
		{"T_KEEP", "0", "T_KEEP is below 1"},
		{"T_KEEP", "-3", "T_KEEP is below 1"},
		{"T_KEEP", "--3", "T_KEEP is not a whole number"},
		{"T_KEEP", "9223372036854775808", "T_KEEP is not a whole number"},
		{"T_WAIT", "999ms", "T_WAIT is below 1s"},
		{"T_WAIT", "1h0m1s", "T_WAIT is above 1h"},
		{"T_WAIT", "5", "T_WAIT is not a duration (such as 1m30s)"},
		{"T_WAIT", "05s", ""},
		{"T_FORMAT", "JSON", "T_FORMAT is none of text, json"},
		{"T_DEMO", "yes", "T_DEMO is not a boolean (true or false)"},
		{"T_BROKERS", "a", ""},
		{"T_BROKERS", "a, ", "T_BROKERS has an empty item"},
		{"T_ADDR", "\t", "T_ADDR is set but empty"},
	} {
		t.Run(c.name+"="+c.value, func(t *testing.T) {
			environment := map[string]string{"T_ADDR": ":80"}
			environment[c.name] = c.value
			_, err := load(t, "", environment)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("Load = %v, want no mistake", err)
			case c.want != "" && (err == nil || err.Error() != c.want):
				t.Errorf("Load = %v, want %s", err, c.want)
			}
		})
	}
}

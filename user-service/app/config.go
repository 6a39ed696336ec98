package app

import (
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/user-service/internal/entity"
	"github.com/oms-fleet/oms/user-service/internal/repository"
	"github.com/oms-fleet/oms/user-service/internal/security"
)

// Config is every setting of user-service.
type Config struct {
	HTTP     web.ServerConfig
	Database database.Config
	Redis    Redis
	Kafka    broker.Config
	Tokens   Tokens
	Sessions Sessions
	Password Password
	Start    Start
	OAuth    OAuth
}

// Redis says where sessions and login failures are kept.
type Redis struct {
	Addresses []string      `envconfig:"REDIS_ADDR" default:"localhost:6379" desc:"where sessions are kept, as host:port; the nodes of a cluster by commas"`
	Password  config.Secret `envconfig:"REDIS_PASSWORD" desc:"if Redis asks for one"`
}

// Tokens says what access tokens are like and what they are signed with.
type Tokens struct {
	Issuer        string        `envconfig:"JWT_ISSUER" default:"http://localhost:8080" desc:"who issues access tokens: the gateway's address"`
	Audience      string        `envconfig:"JWT_AUDIENCE" default:"oms" desc:"for whom access tokens are meant"`
	Type          string        `envconfig:"JWT_TYPE" default:"at+jwt" oneof:"at+jwt JWT" desc:"the tokens' header typ; JWT for resource servers that do not know RFC 9068"`
	Life          time.Duration `envconfig:"ACCESS_TOKEN_TTL" default:"15m" min:"1s" max:"24h" desc:"how long an access token is good"`
	KeyPeriod     time.Duration `envconfig:"KEY_ROTATION_PERIOD" default:"2160h" min:"0s" desc:"how long one key signs before another takes over; 0s for no limit"`
	PrivateKey    string        `envconfig:"JWT_PRIVATE_KEY_FILE" desc:"a PEM file with the RSA key that signs, instead of keys in the database"`
	EncryptionKey config.Secret `envconfig:"KEY_ENCRYPTION_KEY" required:"true" desc:"at least 32 characters, the same for all replicas and for ever: encrypts stored signing keys, proves refresh tokens"`
}

// Sessions says how long people stay signed in.
type Sessions struct {
	Grace time.Duration `envconfig:"REFRESH_GRACE" default:"10s" min:"0s" max:"5m" desc:"how long a used refresh token gets the same successor, for tabs that refresh at once"`
	Idle  time.Duration `envconfig:"REFRESH_IDLE_TTL" default:"168h" min:"1s" desc:"how long a session lives without a refresh"`
	Max   time.Duration `envconfig:"REFRESH_MAX_TTL" default:"720h" min:"1s" desc:"how long a session lives at most"`
}

// Password says what checking passwords may cost, and how guessing is slowed
// down.
type Password struct {
	Memory     int            `envconfig:"ARGON2_MEMORY" default:"19456" min:"64" max:"1048576" desc:"KiB that one argon2id hash takes"`
	Passes     int            `envconfig:"ARGON2_TIME" default:"2" min:"1" max:"64" desc:"passes that one argon2id hash takes"`
	AtOnce     int            `envconfig:"PASSWORD_CONCURRENCY" default:"0" min:"0" max:"256" desc:"passwords hashed at once; 0 for one a core, at most 8"`
	Patience   time.Duration  `envconfig:"PASSWORD_WAIT" default:"5s" min:"0s" max:"14s" desc:"how long a sign-in waits for its turn before it gets 503"`
	PerAccount int            `envconfig:"LOGIN_FAILURES_PER_ACCOUNT" default:"10" min:"1" max:"10000" desc:"wrong passwords for one account before they are slowed down to one in 5 s"`
	PerAddress int            `envconfig:"LOGIN_FAILURES_PER_ADDRESS" default:"100" min:"1" max:"100000" desc:"wrong passwords from one address before they are slowed down to one a second"`
	Proxies    []netip.Prefix `envconfig:"TRUSTED_PROXIES" default:"127.0.0.1/32,::1/128" desc:"networks of the proxies whose X-Forwarded-For is believed"`
}

// Start says which accounts a start makes.
type Start struct {
	RootEmail    string        `envconfig:"ROOT_EMAIL" desc:"e-mail address of the first ROOT, made when there is none"`
	RootPassword config.Secret `envconfig:"ROOT_PASSWORD" desc:"password of the first ROOT"`
	Demo         bool          `envconfig:"SEED_DEMO" default:"false" desc:"make the demo accounts root@, admin@ and client@example.com"`
}

// Validate tells every mistake that no single setting shows.
func (c *Config) Validate() error {
	var mistakes []error
	must := func(ok bool, format string, args ...any) {
		if !ok {
			mistakes = append(mistakes, fmt.Errorf(format, args...))
		}
	}
	must(len(c.Tokens.EncryptionKey) >= security.MinSecret, "KEY_ENCRYPTION_KEY is shorter than %d characters", security.MinSecret)
	must((c.Start.RootEmail == "") == (c.Start.RootPassword == ""), "ROOT_EMAIL and ROOT_PASSWORD belong together")
	return errors.Join(mistakes...)
}

func (c *Config) lives() repository.Lives {
	return repository.Lives{Grace: c.Sessions.Grace, Idle: c.Sessions.Idle, Max: c.Sessions.Max}
}

func (c *Config) issuer() security.Issuer {
	return security.Issuer{URL: c.Tokens.Issuer, Audience: c.Tokens.Audience, Type: c.Tokens.Type, Life: c.Tokens.Life}
}

// keyPolicy publishes a key before it signs for as long as a verifier may go on
// without knowing it: ours ask for an unknown one every auth.UnknownKeyPeriod
// and wait some seconds for the answer, which any replica may give.
func (t Tokens) keyPolicy() entity.KeyPolicy {
	return entity.KeyPolicy{
		Lead:   auth.UnknownKeyPeriod + 3*keysPeriod,
		Keep:   t.Life + auth.Leeway + 2*keysPeriod,
		Period: t.KeyPeriod,
	}
}

func (p Password) pool() *security.Passwords {
	atOnce := p.AtOnce
	if atOnce == 0 {
		atOnce = min(runtime.GOMAXPROCS(0), 8)
	}
	cost := security.Cost{Memory: uint32(p.Memory), Time: uint32(p.Passes), Threads: 1} // #nosec G115 -- within the tags' limits
	return security.NewPasswords(cost, atOnce, p.Patience)
}

func (p Password) perAccount() entity.Limit {
	return entity.Limit{Burst: p.PerAccount, Drain: 5 * time.Second, Longest: 30 * time.Second}
}

func (p Password) perAddress() entity.Limit {
	return entity.Limit{Burst: p.PerAddress, Drain: time.Second, Longest: 10 * time.Second}
}

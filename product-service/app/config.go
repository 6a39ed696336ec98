package app

import (
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/product-service/internal/repository/blobs"
)

// Config is every setting of product-service.
type Config struct {
	HTTP     web.ServerConfig
	Database database.Config
	Kafka    broker.Config
	Auth     auth.Config
	QuoteTTL time.Duration `envconfig:"QUOTE_TTL" default:"15m" min:"1s" desc:"how long a quote can be used"`
	Blobs    Blobs
	Cache    Cache
	Demo     bool `envconfig:"SEED_DEMO" default:"false" desc:"add the demo catalogue, as far as it is not there"`
}

// Cache says which Redis keeps what was read for a moment.
type Cache struct {
	Address  string        `envconfig:"REDIS_ADDR" desc:"host:port of a Redis that keeps what was read; without one every read asks the database"`
	Password config.Secret `envconfig:"REDIS_PASSWORD" desc:"if Redis asks for one"`
}

// Blobs says where the bytes of images are.
type Blobs struct {
	URL         string `envconfig:"BLOB_URL" default:"file:///var/lib/oms/images?create_dir=true&no_tmp_dir=true" desc:"where images are kept: file:///folder, or s3://bucket with gocloud's parameters"`
	Credentials blobs.Credentials
}

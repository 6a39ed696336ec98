package app

import (
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/web"
)

// Config is every setting of product-service.
type Config struct {
	HTTP     web.ServerConfig
	Database database.Config
	Kafka    broker.Config
	Auth     auth.Config
	QuoteTTL time.Duration `envconfig:"QUOTE_TTL" default:"15m" min:"1s" desc:"how long a quote can be used"`
	Demo     bool          `envconfig:"SEED_DEMO" default:"false" desc:"add the demo catalogue, as far as it is not there"`
}

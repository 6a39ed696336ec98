package app

import (
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/web"
)

// Config is all that order-service can be told.
type Config struct {
	HTTP     web.ServerConfig
	Database database.Config
	Auth     auth.Config
	Kafka    broker.Config
	Products Products

	ValidationDeadline time.Duration `envconfig:"VALIDATION_DEADLINE" default:"60s" min:"1s" desc:"an order that product-service has not answered for so long is cancelled"`
	MaxUnsettled       int           `envconfig:"MAX_UNSETTLED_ORDERS" default:"10000" min:"1" desc:"with more orders unsettled, placing answers 503"`
}

// Products says how product-service is asked.
type Products struct {
	URL      string        `envconfig:"PRODUCT_SERVICE_URL" default:"http://localhost:8082" desc:"base address of product-service, not of the gateway"`
	TokenURL string        `envconfig:"TOKEN_URL" default:"http://localhost:8081/oauth2/token" desc:"where the identity provider gives services their tokens"`
	Secret   config.Secret `envconfig:"ORDER_SERVICE_SECRET" desc:"the secret with which order-service gets its own token; without one product-service is not asked"`
}

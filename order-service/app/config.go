package app

import (
	"time"

	"github.com/oms-fleet/oms/common/auth"
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

	ValidationDeadline time.Duration `envconfig:"VALIDATION_DEADLINE" default:"60s" min:"1s" desc:"an order that product-service has not answered for so long is cancelled"`
	MaxUnsettled       int           `envconfig:"MAX_UNSETTLED_ORDERS" default:"10000" min:"1" desc:"with more orders unsettled, placing answers 503"`
}

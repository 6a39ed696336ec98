// Package services knows the fleet's three services: their names, where they
// listen, how they run within this process, and what the fleet tells them.
package services

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/telemetry"
	order "github.com/oms-fleet/oms/order-service/app"
	product "github.com/oms-fleet/oms/product-service/app"
	user "github.com/oms-fleet/oms/user-service/app"
)

// Service is one of the three.
type Service struct {
	Name    string // also its binary's
	Short   string // in the gateway's addresses
	Prefix  string // of its own environment variables
	Schema  string
	Address string // its usual one

	// Run serves until ctx ends, configured by the environment under Prefix, and
	// logs to out.
	Run func(ctx context.Context, out io.Writer) error
}

// All lists the services.
func All() []Service {
	return []Service{
		{
			Name: "user-service", Short: "user", Prefix: "USER", Schema: "user_db", Address: "127.0.0.1:8081",
			Run: within("user-service", "USER", user.Run),
		},
		{
			Name: "product-service", Short: "product", Prefix: "PRODUCT", Schema: "product_db", Address: "127.0.0.1:8082",
			Run: within("product-service", "PRODUCT", product.Run),
		},
		{
			Name: "order-service", Short: "order", Prefix: "ORDER", Schema: "order_db", Address: "127.0.0.1:8083",
			Run: within("order-service", "ORDER", order.Run),
		},
	}
}

// Variable is where its address may be set.
func (s Service) Variable() string { return "FLEET_" + s.Prefix + "_ADDR" }

// within runs a service within this process as its own main would.
func within[C any](name, prefix string, serve func(context.Context, C, *slog.Logger) error) func(context.Context, io.Writer) error {
	return func(ctx context.Context, out io.Writer) error {
		var cfg C
		var logging telemetry.Config
		if err := errors.Join(config.Load(prefix, &cfg), config.Load(prefix, &logging)); err != nil {
			return fmt.Errorf("configuration of %s:\n%w", name, err)
		}
		return serve(ctx, cfg, telemetry.NewLogger(out, logging, name))
	}
}

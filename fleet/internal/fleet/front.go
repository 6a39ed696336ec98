package fleet

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"

	"github.com/oms-fleet/oms/fleet/internal/gateway"
)

// startGateway opens the fleet's one address.
func (f *Fleet) startGateway() error {
	listener, err := net.Listen("tcp", f.addresses.gateway)
	if err != nil {
		return fmt.Errorf("FLEET_GATEWAY_ADDR: %w", err)
	}
	bases := map[string]*url.URL{}
	for _, s := range f.services {
		if bases[s.Short], err = url.Parse(s.url); err != nil {
			return fmt.Errorf("reach %s: %w", s.Name, err)
		}
	}
	log := slog.New(slog.NewTextHandler(f.options.Out, nil))
	f.gateway = f.startTask("gateway", func(ctx context.Context) error {
		return gateway.Serve(ctx, listener, gateway.New(bases, log), log)
	})
	return nil
}

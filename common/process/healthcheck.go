package process

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/oms-fleet/oms/common/web"
)

// healthPatience is longer than a service takes to find out about itself.
const healthPatience = 3 * time.Second

// healthcheck asks the service that runs with the same configuration whether it
// is ready, for container runtimes whose images hold no other program.
func (s Service[C]) healthcheck(ctx context.Context) error {
	var cfg web.ServerConfig
	if err := s.load(&cfg); err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(cfg.Address)
	if err != nil {
		return fmt.Errorf("HTTP_ADDR: %w", err)
	}
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, healthPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", s.Name, err)
	}
	direct := &http.Transport{DisableKeepAlives: true} // no proxy stands between us
	answer, err := direct.RoundTrip(request)
	if err != nil {
		return fmt.Errorf("ask %s: %w", s.Name, err)
	}
	defer answer.Body.Close() //nolint:errcheck // not read
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s is not ready: %s", s.Name, answer.Status)
	}
	return nil
}

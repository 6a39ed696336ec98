package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// ServerConfig says where a service listens.
type ServerConfig struct {
	Address  string        `envconfig:"HTTP_ADDR" required:"true" desc:"where to listen, as host:port"`
	Shutdown time.Duration `envconfig:"SHUTDOWN_TIMEOUT" default:"8s" min:"0s" desc:"how long requests in flight may take to finish when the service stops"`
}

// Serve listens and answers until ctx ends, then takes no new connections and
// lets requests in flight finish, at most cfg.Shutdown.
func Serve(ctx context.Context, cfg ServerConfig, handler http.Handler, log *slog.Logger) error {
	listener, err := net.Listen("tcp", cfg.Address)
	if err != nil {
		return fmt.Errorf("HTTP_ADDR: %w", err)
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       60 * time.Second, // bodies: routes set their own, shorter limit
		WriteTimeout:      60 * time.Second, // a slow reader costs a connection, and no longer than this
		IdleTimeout:       75 * time.Second,
		MaxHeaderBytes:    32 << 10,
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.WithoutCancel(ctx), drainKey{}, ctx.Done())
		},
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	log.InfoContext(ctx, "listening", "address", listener.Addr().String())
	select {
	case err := <-stopped:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), cfg.Shutdown)
	defer cancel()
	if err := server.Shutdown(finish); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop serving: %w", err)
	}
	return server.Close()
}

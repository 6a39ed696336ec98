package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// ServerConfig says where a service listens.
type ServerConfig struct {
	Address     string        `envconfig:"HTTP_ADDR" required:"true" desc:"where to listen, as host:port"`
	Connections int           `envconfig:"HTTP_CONNECTIONS" default:"4096" min:"1" desc:"connections that are served; who comes by another gets 503"`
	Drain       time.Duration `envconfig:"DRAIN_DELAY" default:"1s" min:"0s" max:"1m" desc:"how long a service that was told to stop still takes requests while it says that it is not ready, so that balancers notice"`
	Shutdown    time.Duration `envconfig:"SHUTDOWN_TIMEOUT" default:"8s" min:"0s" desc:"how long requests in flight may take to finish when the service stops"`
}

// Server answers from the moment it listens, at first only that the process is
// alive and not ready. Other requests are held until Serve is called.
type Server struct {
	cfg    ServerConfig
	door   door
	http   *http.Server
	broken chan error // why it serves no longer

	handler                    http.Handler // once serving
	serving, leaving, draining chan struct{}
	guests, unheard            atomic.Int64 // connections there were, and those of which no request has come yet
}

// Listen opens a server. The caller closes it.
func Listen(cfg ServerConfig, log *slog.Logger) (*Server, error) {
	var plain net.ListenConfig
	plain.SetMultipathTCP(false) // which lastIn could not shut
	listener, err := plain.Listen(context.Background(), "tcp", cfg.Address)
	if err != nil {
		return nil, fmt.Errorf("HTTP_ADDR: %w", err)
	}
	s := &Server{
		cfg: cfg, door: newDoor(listener.(*net.TCPListener), cfg.Connections), broken: make(chan error, 1),
		serving: make(chan struct{}), leaving: make(chan struct{}), draining: make(chan struct{}),
	}
	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.answer),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       60 * time.Second, // bodies: routes set their own, shorter limit
		WriteTimeout:      60 * time.Second, // a slow reader costs a connection, and no longer than this
		IdleTimeout:       75 * time.Second,
		MaxHeaderBytes:    32 << 10,
		BaseContext:       func(net.Listener) context.Context { return context.WithValue(context.Background(), serverKey{}, s) },
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			return context.WithValue(ctx, guestKey{}, conn)
		},
		ConnState: s.follow,
		ErrorLog:  slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	go func() { s.broken <- s.http.Serve(s.door) }()
	log.Info("listening", "address", listener.Addr().String())
	return s, nil
}

// Serve answers by handler until ctx ends. Then it goes on for cfg.Drain while
// readiness says no, takes no new connections, and lets requests in flight
// finish, at most cfg.Shutdown. It is called once.
func (s *Server) Serve(ctx context.Context, handler http.Handler) error {
	s.handler = handler
	close(s.serving)
	select {
	case err := <-s.broken:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	close(s.leaving)
	select {
	case err := <-s.broken:
		return fmt.Errorf("serve: %w", err)
	case <-time.After(s.cfg.Drain):
	}
	close(s.draining)
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.Shutdown)
	defer cancel()
	s.lastIn(finish)
	s.door.Close() //nolint:errcheck // Shutdown tells
	s.hearAll(finish)
	if err := s.http.Shutdown(finish); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop serving: %w", err)
	}
	return s.Close()
}

// Close drops all connections.
func (s *Server) Close() error { return s.http.Close() }

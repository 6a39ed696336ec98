package broker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/segmentio/kafka-go"
)

// ListenerConfig says what to listen to and who does the work.
type ListenerConfig struct {
	Brokers     []string   // host:port of some brokers of the cluster
	Group       string     // the consumer group: its members share the partitions
	Topic       string     // must exist, see EnsureTopics
	Address     string     // of this process on its host: who starts there next takes its place at once; "" if it has none
	Handle      Handler    // does the work
	DeadLetters *Publisher // takes what cannot be handled
	Log         *slog.Logger
	Metrics     prometheus.Registerer // may be nil
	MaxBatch    int                   // messages a batch at most; 500 if 0
}

// timing holds the durations that tests shorten.
type timing struct {
	linger time.Duration // how long a small batch under load waits for more
	rest   time.Duration // between two commits of offsets
	grace  time.Duration // how long a batch may go on after its generation
	watch  time.Duration // how often the watchdog looks
	stuck  time.Duration // when a call of the handler counts as stuck
	retry  time.Duration // the first pause before a message's next try
}

func defaultTiming() timing {
	return timing{
		linger: 3 * time.Millisecond, rest: 20 * time.Millisecond, grace: 2 * time.Second,
		watch: 5 * time.Second, stuck: 30 * time.Second, retry: 50 * time.Millisecond,
	}
}

// Listener hands a group's share of a topic to a handler, in batches.
type Listener struct {
	cfg     ListenerConfig
	log     *slog.Logger
	metrics listenerMetrics
	health  health
	timing  timing
}

// NewListener returns a listener that does nothing until Run.
func NewListener(cfg ListenerConfig) *Listener {
	if cfg.MaxBatch == 0 {
		cfg.MaxBatch = 500
	}
	return &Listener{
		cfg:     cfg,
		log:     cfg.Log.With("group", cfg.Group, "topic", cfg.Topic),
		metrics: newListenerMetrics(cfg.Metrics, cfg.Group, cfg.Topic),
		timing:  defaultTiming(),
	}
}

// sessions are the times without a heartbeat after which a group gives a dead
// process's partitions to others, best first. Which of them a broker allows is
// its group.min.session.timeout.ms: 6 s unless set otherwise.
var sessions = [...]time.Duration{3 * time.Second, 6 * time.Second, 10 * time.Second, 30 * time.Second}

// Run listens until ctx ends, then finishes the batch in hand (two seconds at
// most), commits it, leaves the group and returns nil. Brokers that are away are
// waited for. It fails only when the configuration can never work.
func (l *Listener) Run(ctx context.Context) error {
	if err := l.succeed(ctx); err != nil {
		l.log.Warn("A killed process of this name may still be in the group, whose session has to end then.", "error", err)
	}
	for _, session := range sessions {
		err := l.join(ctx, session)
		if !errors.Is(err, kafka.InvalidSessionTimeout) {
			return err
		}
		l.log.Warn("The broker refuses such a short session, so a killed process is replaced later; lower group.min.session.timeout.ms.", "session", session)
	}
	return fmt.Errorf("join group %s: %w", l.cfg.Group, kafka.InvalidSessionTimeout)
}

// A group waits as long as rebalance for its members to come together, and for one
// that was killed while it joined: so it is little more than the others take, who
// hear of it at their next heartbeat and may have a batch in hand (the grace).
const (
	heartbeat = 500 * time.Millisecond
	rebalance = 3500 * time.Millisecond
)

// join takes part in the group, one generation after the other, until ctx ends.
func (l *Listener) join(ctx context.Context, session time.Duration) error {
	// The group's connections outlive ctx, for the last commit and the leave,
	// but not for ever: a join may be waiting at the broker for others.
	lines, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	group, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID:                    l.cfg.Group,
		Brokers:               l.cfg.Brokers,
		Topics:                []string{l.cfg.Topic},
		Dialer:                dialer(lines, memberName(l.cfg.Address)),
		SessionTimeout:        session,
		HeartbeatInterval:     heartbeat,
		RebalanceTimeout:      rebalance,
		JoinGroupBackoff:      500 * time.Millisecond,
		WatchPartitionChanges: true,
		StartOffset:           kafka.FirstOffset,
	})
	if err != nil {
		return fmt.Errorf("listen to %s: %w", l.cfg.Topic, err)
	}
	defer func() {
		late := time.AfterFunc(l.timing.grace+time.Second, cut)
		defer late.Stop()
		group.Close() //nolint:errcheck // always nil
	}()
	return l.follow(ctx, group)
}

// breather keeps generations apart that end as soon as they begin, as they do
// while a topic is missing.
const breather = 250 * time.Millisecond

// follow serves the generations of group.
func (l *Listener) follow(ctx context.Context, group *kafka.ConsumerGroup) error {
	var echo echo
	for {
		gen, err := group.Next(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, kafka.InvalidSessionTimeout):
			return err
		case err != nil: // kafka-go waits before it tries again
			l.health.refused(err)
			if echo.news(err) {
				l.log.Warn("The group cannot be joined yet.", "error", err)
			}
		default:
			l.serve(ctx, gen)
			pause(ctx, breather)
		}
	}
}

// echo tells news from what was said a moment ago.
type echo struct {
	last string
	at   time.Time
}

func (e *echo) news(err error) bool {
	if err.Error() == e.last && time.Since(e.at) < 10*time.Second {
		return false
	}
	e.last, e.at = err.Error(), time.Now()
	return true
}

// pause waits for d and reports whether ctx let it.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

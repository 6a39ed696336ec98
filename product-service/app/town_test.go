package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/freeport"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/common/web/webtest"
	"github.com/oms-fleet/oms/product-service/internal/kafka"
	"github.com/oms-fleet/oms/product-service/internal/repository"
	"github.com/oms-fleet/oms/product-service/internal/service"
)

const patience = 2 * time.Minute

// town is product-service as a whole, with a broker and somebody who listens to
// all it says.
type town struct {
	*shop
	cfg       Config
	publisher *broker.Publisher
	stop      func() // the first replica

	mu    sync.Mutex
	heard map[string][]*broker.Message // by topic
}

func openTown(t *testing.T) *town {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.GroupMinSessionTimeout(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	w := &town{shop: &shop{}, heard: map[string][]*broker.Message{}, publisher: broker.NewPublisher(cluster.ListenAddrs())}
	t.Cleanup(func() { w.publisher.Close() }) //nolint:errcheck // nothing is lost
	w.cfg = Config{
		HTTP:     web.ServerConfig{Address: freeAddress(t), Connections: 1000, Shutdown: time.Second},
		Database: database.Config{DSN: config.Secret(databasetest.DSN(t)), Connections: 8, Patience: patience},
		Kafka:    broker.Config{Brokers: cluster.ListenAddrs(), Partitions: 3, Replication: 1},
		Auth:     auth.Config{Issuer: "x", Audience: "x", Type: "JWT", KeysURL: "http://127.0.0.1:1"},
		Blobs:    Blobs{URL: "file://" + t.TempDir() + "?no_tmp_dir=true"},
		QuoteTTL: time.Minute,
	}
	w.stock(t)
	w.Caller = webtest.New("http://" + w.cfg.HTTP.Address)
	w.stop = w.start(t, w.cfg)
	eventually(t, "ready", func() bool { return ready(t, w.URL) })
	for _, topic := range []string{
		contract.ValidationResponses, contract.ProductEvents,
		contract.ValidationRequests + contract.DeadLetterSuffix, contract.ReservationCloses + contract.DeadLetterSuffix,
	} {
		w.listen(t, topic)
	}
	return w
}

// stock adds the demo catalogue without its pictures, whose drawing takes the
// race detector a minute.
func (w *town) stock(t *testing.T) {
	t.Helper()
	db, err := open(t.Context(), w.cfg.Database, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()                                                                       //nolint:errcheck // everything is committed
	news := repository.News{Record: kafka.EventRecord, Offer: func(...contract.Record) {}} // it waits in the outbox
	if err := service.NewProducts(repository.NewProducts(db, news, clock), clock).SeedDemo(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	address, err := freeport.Address()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// start runs a replica until stop or the test's end.
func (w *town) start(t *testing.T, cfg Config) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Run(ctx, cfg, slog.New(slog.DiscardHandler)) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func ready(t *testing.T, url string) bool {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close() //nolint:errcheck // not read
	return response.StatusCode == http.StatusOK
}

func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	deadline := time.After(patience)
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !so() {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

func (w *town) listen(t *testing.T, topic string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	listener := broker.NewListener(broker.ListenerConfig{
		Brokers: w.cfg.Kafka.Brokers, Group: "test-" + topic, Topic: topic, DeadLetters: w.publisher, Log: slog.New(slog.DiscardHandler),
		Handle: func(_ context.Context, batch []*broker.Message) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.heard[topic] = append(w.heard[topic], batch...)
			return nil
		},
	})
	var done sync.WaitGroup
	done.Go(func() {
		if err := listener.Run(ctx); err != nil {
			t.Errorf("listen to %s: %v", topic, err)
		}
	})
	t.Cleanup(func() {
		cancel()
		done.Wait()
	})
}

// say publishes a body to a topic.
func (w *town) say(t *testing.T, topic, body string) {
	t.Helper()
	messageID, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.publisher.Publish(t.Context(), contract.Record{Topic: topic, Key: messageID, ID: messageID, Type: "Test", Body: []byte(body)}); err != nil {
		t.Fatal(err)
	}
}

// hear waits for so many messages of a topic.
func (w *town) hear(t *testing.T, topic string, n int) []*broker.Message {
	t.Helper()
	var heard []*broker.Message
	eventually(t, topic, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		heard = slices.Clone(w.heard[topic])
		return len(heard) >= n
	})
	return heard
}

// answers waits for so many answers to an order.
func (w *town) answers(t *testing.T, orderID id.ID, n int) (found []contract.ProductValidationResponse) {
	t.Helper()
	eventually(t, "answers to the order", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		found = nil
		for _, m := range w.heard[contract.ValidationResponses] {
			var response contract.ProductValidationResponse
			if err := json.Unmarshal(m.Value, &response); err != nil {
				t.Fatal(err)
			}
			if response.OrderID == orderID {
				found = append(found, response)
			}
		}
		return len(found) >= n
	})
	return found
}

// lampID is the first product of the demo catalogue, of which there are 120.
const lampID = "019b76da-a800-7000-8000-000000000001"

func (w *town) quantity(t *testing.T) int {
	t.Helper()
	return int(w.Must(t, http.StatusOK, nobody, get, "/v1/products/"+lampID, "").Body["quantity"].(float64))
}

func newOrder(t *testing.T, units string) (id.ID, string) {
	t.Helper()
	orderID, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	return orderID, `{"orderId":"` + orderID.String() + `","products":[{"id":"` + lampID + `","delta":-` + units + `}]}`
}

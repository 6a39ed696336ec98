package app_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/freeport"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/order-service/app"
)

// patience bounds every wait for a condition.
const patience = 30 * time.Second

// town is order-service as a whole and its surroundings: a database, a broker,
// keys, and somebody who hears all it says.
type town struct {
	cfg       app.Config
	token     string // of a client who is an admin too
	publisher *broker.Publisher

	mu    sync.Mutex
	heard map[string][]*broker.Message // by topic
}

// openTown makes the surroundings. The broker runs when it is wanted.
func openTown(t *testing.T) *town {
	t.Helper()
	keys, token := credentials(t)
	kafka := freeAddress(t)
	w := &town{token: token, heard: map[string][]*broker.Message{}, publisher: broker.NewPublisher([]string{kafka})}
	t.Cleanup(func() { w.publisher.Close() }) //nolint:errcheck // nothing is lost
	w.cfg = app.Config{
		HTTP:               web.ServerConfig{Address: freeAddress(t), Connections: 1000, Shutdown: time.Second},
		Database:           database.Config{DSN: config.Secret(databasetest.DSN(t)), Connections: 8, Patience: patience},
		Kafka:              broker.Config{Brokers: []string{kafka}, Partitions: 3, Replication: 1},
		Auth:               keys,
		ValidationDeadline: time.Minute, MaxUnsettled: 100,
	}
	return w
}

// startBroker lets the broker run at its address.
func (w *town) startBroker(t *testing.T) {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.GroupMinSessionTimeout(time.Second),
		kfake.ListenFn(func(network, _ string) (net.Listener, error) { return net.Listen(network, w.cfg.Kafka.Brokers[0]) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
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
func (w *town) start(t *testing.T, cfg app.Config) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- app.Run(ctx, cfg, slog.New(slog.DiscardHandler)) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
	t.Cleanup(stop)
	eventually(t, "it is alive", func() bool { return status(t, cfg, "/livez") == http.StatusOK })
	return stop
}

func (w *town) ready(t *testing.T, cfg app.Config) {
	t.Helper()
	eventually(t, "it is ready", func() bool { return status(t, cfg, "/readyz") == http.StatusOK })
}

// status is that of a public answer, 0 if there is none.
func status(t *testing.T, cfg app.Config, path string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+cfg.HTTP.Address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close() //nolint:errcheck // not read
	return response.StatusCode
}

func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for late := time.After(patience); !so(); {
		select {
		case <-late:
			t.Fatalf("%s: not within %s", what, patience)
		case <-look.C:
		}
	}
}

// order is an order as the API shows it.
type order struct {
	OrderID    id.ID       `json:"orderId"`
	Status     string      `json:"status"`
	Reason     string      `json:"reason"`
	TotalPrice json.Number `json:"totalPrice"`
}

// ask sends a request to a replica and returns the order it answers with.
func (w *town) ask(t *testing.T, cfg app.Config, method, path, body string, headers ...string) (found order) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+cfg.HTTP.Address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+w.token)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Error(err)
		return order{}
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	if err := json.NewDecoder(response.Body).Decode(&found); err != nil || response.StatusCode >= http.StatusBadRequest {
		t.Errorf("%s %s = %d, %v", method, path, response.StatusCode, err)
	}
	return found
}

const (
	lamp = "01999e2b-53f4-7b7a-9a55-0d3c6f1e2a10"
	cart = `{"products": [{"id": "` + lamp + `", "quantity": 2}], "address": "1 Main Street"}`
)

func (w *town) place(t *testing.T, cfg app.Config, headers ...string) order {
	t.Helper()
	return w.ask(t, cfg, http.MethodPost, "/v1/orders", cart, headers...)
}

// becomes waits until an order has a status.
func (w *town) becomes(t *testing.T, cfg app.Config, orderID id.ID, status string) (now order) {
	t.Helper()
	eventually(t, "the order becomes "+status, func() bool {
		now = w.ask(t, cfg, http.MethodGet, "/v1/orders/"+orderID.String(), "")
		return now.Status == status
	})
	return now
}

// answer publishes that so many lamps of an order were taken.
func (w *town) answer(t *testing.T, orderID id.ID, lamps string) {
	t.Helper()
	messageID, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	err = w.publisher.Publish(t.Context(), contract.Record{
		Topic: contract.ValidationResponses, Key: orderID, ID: messageID, Type: "ProductValidationResponse",
		Body: []byte(`{"orderId": "` + orderID.String() + `", "result": "FULL", "products": [{"productId": "` + lamp +
			`", "productName": "Lamp", "requestedQuantity": 2, "deductedQuantity": ` + lamps + `, "unitPrice": 19.90}]}`),
	})
	if err != nil {
		t.Errorf("publish an answer: %v", err)
	}
}

// listen notes all messages of a topic, and calls hear with each.
func (w *town) listen(t *testing.T, topic string, hear func(*broker.Message)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	listener := broker.NewListener(broker.ListenerConfig{
		Brokers: w.cfg.Kafka.Brokers, Group: "test-" + topic, Topic: topic, DeadLetters: w.publisher, Log: slog.New(slog.DiscardHandler),
		Handle: func(_ context.Context, batch []*broker.Message) error {
			w.mu.Lock()
			w.heard[topic] = append(w.heard[topic], batch...)
			w.mu.Unlock()
			for _, m := range batch {
				hear(m)
			}
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

// hears waits for a message of a topic that is about an order and says so.
func (w *town) hears(t *testing.T, topic string, orderID id.ID, says string) {
	t.Helper()
	eventually(t, topic+" says "+says, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return slices.ContainsFunc(w.heard[topic], func(m *broker.Message) bool {
			return strings.Contains(string(m.Value), orderID.String()) && strings.Contains(string(m.Value), says)
		})
	})
}

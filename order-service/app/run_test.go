package app_test

import (
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/order-service/app"
)

// nothing is what most messages cause.
func nothing(*broker.Message) {}

// answering lets a product-service run that has all there is.
func (w *town) answering(t *testing.T) {
	t.Helper()
	w.listen(t, contract.ValidationRequests, func(m *broker.Message) {
		orderID, err := id.Parse(string(m.Key))
		if err != nil {
			t.Errorf("key %q: %v", m.Key, err)
			return
		}
		w.answer(t, orderID, "2")
	})
}

func TestOrderGoesFromPlacedToShippedOverTheBroker(t *testing.T) {
	t.Parallel()
	w := openTown(t)
	w.startBroker(t)
	w.start(t, w.cfg)
	w.ready(t, w.cfg)
	w.answering(t)
	for _, topic := range []string{contract.OrderEvents, contract.ReservationCloses} {
		w.listen(t, topic, nothing)
	}
	placed := w.place(t, w.cfg, "Prefer", "wait=10")
	if placed.Status != "CONFIRMED" || placed.TotalPrice != "39.80" {
		t.Fatalf("order = %+v, want CONFIRMED at 39.80", placed)
	}
	w.ask(t, w.cfg, http.MethodPut, "/v1/orders/"+placed.OrderID.String()+"/status", `{"status": "SHIPPED"}`)
	w.hears(t, contract.ReservationCloses, placed.OrderID, `"outcome":"SHIPPED"`)
	for _, to := range []string{"NEW", "CONFIRMED", "SHIPPED"} {
		w.hears(t, contract.OrderEvents, placed.OrderID, `"to":"`+to+`"`)
	}
}

func TestAnswerThatDoesNotFitIsADeadLetterAndReleasesTheStock(t *testing.T) {
	t.Parallel()
	w := openTown(t)
	w.startBroker(t)
	w.start(t, w.cfg)
	w.ready(t, w.cfg)
	dead := contract.ValidationResponses + contract.DeadLetterSuffix
	for _, topic := range []string{dead, contract.ReservationCloses} {
		w.listen(t, topic, nothing)
	}
	forged, good := w.place(t, w.cfg), w.place(t, w.cfg)
	w.answer(t, forged.OrderID, "3")
	w.answer(t, id.ID{1}, "2")
	w.answer(t, good.OrderID, "2")
	if got := w.becomes(t, w.cfg, forged.OrderID, "CANCELLED"); got.Reason != "VALIDATION_ERROR" {
		t.Errorf("reason = %s, want VALIDATION_ERROR", got.Reason)
	}
	w.becomes(t, w.cfg, good.OrderID, "CONFIRMED")
	w.hears(t, contract.ReservationCloses, forged.OrderID, `"outcome":"RELEASED"`)
	w.hears(t, dead, forged.OrderID, `"deductedQuantity": 3`)
	w.hears(t, dead, id.ID{1}, "FULL")
}

func TestOrderThatNobodyAnswersEndsAtItsDeadline(t *testing.T) {
	t.Parallel()
	w := openTown(t)
	w.startBroker(t)
	w.cfg.ValidationDeadline = time.Second
	w.start(t, w.cfg)
	w.ready(t, w.cfg)
	w.listen(t, contract.ReservationCloses, nothing)
	placed := w.place(t, w.cfg, "Prefer", "wait=10")
	if placed.Status != "CANCELLED" || placed.Reason != "VALIDATION_TIMEOUT" {
		t.Errorf("order = %+v, want CANCELLED (VALIDATION_TIMEOUT)", placed)
	}
	w.hears(t, contract.ReservationCloses, placed.OrderID, "VALIDATION_TIMEOUT")
}

func TestRestartLosesNothing(t *testing.T) {
	t.Parallel()
	w := openTown(t)
	w.startBroker(t)
	stop := w.start(t, w.cfg)
	w.ready(t, w.cfg)
	answered, waiting := w.place(t, w.cfg), w.place(t, w.cfg)
	stop()
	w.answer(t, answered.OrderID, "2") // while nobody is there
	w.start(t, w.cfg)
	w.becomes(t, w.cfg, answered.OrderID, "CONFIRMED")
	if got := w.ask(t, w.cfg, http.MethodGet, "/v1/orders/"+waiting.OrderID.String(), ""); got.Status != "NEW" {
		t.Errorf("the other order is %s, want NEW", got.Status)
	}
	w.answer(t, answered.OrderID, "3") // again, and late
	w.answer(t, waiting.OrderID, "2")
	w.becomes(t, w.cfg, waiting.OrderID, "CONFIRMED")
}

func TestBrokerThatIsAwayAtTheStartCostsNoOrder(t *testing.T) {
	t.Parallel()
	w := openTown(t)
	stop := w.start(t, w.cfg)
	left := w.place(t, w.cfg)
	stop() // also without a broker

	w.start(t, w.cfg)
	eventually(t, "readiness tells", func() bool { return status(t, w.cfg, "/readyz") == http.StatusServiceUnavailable })
	if got := status(t, w.cfg, "/livez"); got != http.StatusOK {
		t.Errorf("/livez = %d", got)
	}
	taken := w.place(t, w.cfg, "Idempotency-Key", "x")
	w.startBroker(t)
	w.ready(t, w.cfg)
	w.answering(t)
	w.becomes(t, w.cfg, left.OrderID, "CONFIRMED")
	w.becomes(t, w.cfg, taken.OrderID, "CONFIRMED")
}

// TestHeldAnswerKnowsWhatAnotherReplicaSettled places at one replica while both
// share the partitions of the answers.
func TestHeldAnswerKnowsWhatAnotherReplicaSettled(t *testing.T) {
	t.Parallel()
	w := openTown(t)
	w.startBroker(t)
	other := w.cfg
	other.HTTP.Address = freeAddress(t)
	w.start(t, w.cfg)
	w.start(t, other)
	w.ready(t, w.cfg)
	w.ready(t, other)
	w.answering(t)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got := w.place(t, w.cfg, "Prefer", "wait=10"); got.Status != "CONFIRMED" {
				t.Errorf("order = %+v, want CONFIRMED", got)
			}
		})
	}
	all.Wait()
}

func TestStartFailsInOneLineWithoutSecrets(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		spoil func(*app.Config)
		want  string
	}{
		"no key file": {func(c *app.Config) { c.Auth.PublicKeyFile = "/nowhere.pem" }, "JWT_PUBLIC_KEY_FILE"},
		"no database": {func(c *app.Config) {
			c.Database.DSN, c.Database.Patience = config.Secret("user:hidden@tcp(127.0.0.1:1)/x"), time.Millisecond
		}, "127.0.0.1:1"},
	} {
		w := openTown(t)
		tt.spoil(&w.cfg)
		err := app.Run(t.Context(), w.cfg, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.ContainsAny(err.Error(), "\n") || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: Run = %v, want one line that names %s", name, err, tt.want)
		}
	}
}

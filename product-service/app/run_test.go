package app

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

func TestSagaOverTheBroker(t *testing.T) {
	t.Parallel()
	w := openTown(t)
	orderID, request := newOrder(t, "20")
	w.say(t, contract.ValidationRequests, request)
	first := w.answers(t, orderID, 1)[0]
	if first.Result != contract.ResultFull || first.Products[0].DeductedQuantity != 20 || *first.Products[0].ProductName != "Desk Lamp Lumen" {
		t.Errorf("answer = %+v", first)
	}
	w.say(t, contract.ValidationRequests, request)
	if diff := cmp.Diff(w.answers(t, orderID, 2)[1], first); diff != "" {
		t.Errorf("second answer (-got +want):\n%s", diff)
	}
	if got := w.quantity(t); got != 100 {
		t.Errorf("quantity = %d, want 100", got)
	}
	release := `{"orderId":"` + orderID.String() + `","outcome":"RELEASED","reason":"CLIENT_REQUEST"}`
	w.say(t, contract.ReservationCloses, release)
	eventually(t, "stock given back", func() bool { return w.quantity(t) == 120 })

	late, lateRequest := newOrder(t, "20")
	w.say(t, contract.ReservationCloses, strings.ReplaceAll(release, orderID.String(), late.String()))
	marker, markerRequest := newOrder(t, "1") // behind it in time, so that the release is surely there
	w.say(t, contract.ReservationCloses, `{"orderId":"`+marker.String()+`","outcome":"SHIPPED"}`)
	w.hear(t, contract.ReservationCloses+contract.DeadLetterSuffix, 1)
	w.say(t, contract.ValidationRequests, lateRequest)
	w.say(t, contract.ValidationRequests, markerRequest)
	w.answers(t, marker, 1)
	if got := w.answers(t, late, 1)[0]; got.Result != contract.ResultNone || *got.Reason != "RELEASED" {
		t.Errorf("answer to a late request = %+v, want NONE RELEASED", got)
	}
	if got := w.quantity(t); got != 119 {
		t.Errorf("quantity = %d, want 119", got)
	}
}

func TestPoisonGoesToTheDeadLettersAndTheRestGoesOn(t *testing.T) {
	t.Parallel()
	w := openTown(t)
	orderID, request := newOrder(t, "1")
	poison := []string{"nonsense", "{}", `{"orderId":"` + orderID.String() + `","products":[{"id":"` + lampID + `","delta":5}]}`}
	for _, body := range poison {
		w.say(t, contract.ValidationRequests, body)
		w.say(t, contract.ReservationCloses, body)
	}
	unknown, _ := newOrder(t, "1")
	w.say(t, contract.ReservationCloses, `{"orderId":"`+unknown.String()+`","outcome":"SHIPPED"}`) // nothing is held
	w.say(t, contract.ValidationRequests, request)
	w.answers(t, orderID, 1)
	requests := w.hear(t, contract.ValidationRequests+contract.DeadLetterSuffix, 3)
	closes := w.hear(t, contract.ReservationCloses+contract.DeadLetterSuffix, 4)
	for _, body := range poison {
		is := func(m *broker.Message) bool { return string(m.Value) == body }
		if !slices.ContainsFunc(requests, is) || !slices.ContainsFunc(closes, is) {
			t.Errorf("%s is not among the dead letters of both topics", body)
		}
	}
}

// Two replicas share the partitions, and orders that come while one of them
// stops are answered all the same, each taking its unit once.
func TestReplicasComeAndGo(t *testing.T) {
	t.Parallel()
	w := openTown(t)
	second := w.cfg
	second.HTTP.Address = freeAddress(t)
	var orders []id.ID
	place := func(n int) {
		for range n {
			orderID, request := newOrder(t, "1")
			w.say(t, contract.ValidationRequests, request)
			orders = append(orders, orderID)
		}
	}
	place(20)
	stop := w.start(t, second)
	eventually(t, "second replica ready", func() bool { return ready(t, "http://"+second.HTTP.Address) })
	place(20)
	stop()
	place(20)
	for _, orderID := range orders {
		w.answers(t, orderID, 1)
	}
	if got := w.quantity(t); got != 60 {
		t.Errorf("quantity = %d, want 60", got)
	}
}

func TestReadinessNamesWhatIsNeeded(t *testing.T) {
	t.Parallel()
	w := openTown(t)
	got := w.Must(t, http.StatusOK, nobody, get, "/readyz", "")
	for _, name := range []string{"database", "kafka"} {
		if !strings.Contains(got.Raw, name) {
			t.Errorf("/readyz = %s, want %s in it", got.Raw, name)
		}
	}
}

package erasure_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/erasure"
)

type forgotten struct {
	clients []id.ID
	err     error
}

func (f *forgotten) Forget(_ context.Context, clients []id.ID) error {
	f.clients = append(f.clients, clients...)
	return f.err
}

func TestErasuresAreForgottenAndOtherEventsLeftAlone(t *testing.T) {
	t.Parallel()
	orders := &forgotten{}
	event := func(kind, body string) *broker.Message { return &broker.Message{Type: kind, Value: []byte(body)} }
	const ada = "01900000-0000-7000-8000-000000000001"
	batch := []*broker.Message{
		event("UserErased", `{"userId":"`+ada+`"}`), event("UserRegistered", `{}`), event("UserErased", `nonsense`), event("", `{"userId":"`+ada+`"}`),
	}
	if err := erasure.Handler(orders)(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	want, err := id.Parse(ada)
	if err != nil || !slices.Equal(orders.clients, []id.ID{want, want}) {
		t.Errorf("forgotten are %v, %v", orders.clients, err)
	}
	orders.err = errors.New("away")
	if err := erasure.Handler(orders)(t.Context(), batch[:1]); !errors.Is(err, orders.err) {
		t.Errorf("handler = %v, want the failure, so that the event comes again", err)
	}
}

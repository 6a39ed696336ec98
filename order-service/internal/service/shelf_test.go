package service_test

import (
	"context"
	"slices"
	"sync"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// shelf is a store in memory. What a change does to an order is kept only when
// the change succeeds, as with the real one.
type shelf struct {
	mu      sync.Mutex
	orders  map[id.ID]entity.Order
	keys    map[entity.Digest]kept
	history map[id.ID][]entity.Step

	broken   error               // what every call fails with
	repeats  int                 // how often a change runs in vain before it counts
	created  func(*entity.Order) // called when an order is there, before Create returns
	found    func()              // called before FindOnce returns
	recalled func()              // called before History returns
}

type kept struct {
	orderID id.ID
	request entity.Digest
}

func (s *shelf) Create(_ context.Context, o *entity.Order, once *entity.Once) (bool, error) {
	s.mu.Lock()
	if _, taken := s.keys[digest(once)]; taken || s.broken != nil {
		s.mu.Unlock()
		return taken, s.broken
	}
	if once != nil {
		s.keys[once.Key] = kept{o.ID, once.Request}
	}
	s.keep(o)
	s.mu.Unlock()
	call(s.created, o)
	return false, nil
}

func (s *shelf) Find(_ context.Context, orderID id.ID) (*entity.Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.orders[orderID]
	if !ok {
		return nil, fault.NotFoundf("order %s not found", orderID)
	}
	return fresh(o), s.broken
}

func (s *shelf) FindOnce(ctx context.Context, key entity.Digest) (*entity.Order, entity.Digest, error) {
	s.mu.Lock()
	used, ok := s.keys[key]
	s.mu.Unlock()
	if !ok {
		return nil, entity.Digest{}, fault.NotFoundf("no order under this key")
	}
	o, err := s.Find(ctx, used.orderID)
	if s.found != nil {
		s.found()
	}
	return o, used.request, err
}

func (s *shelf) Search(_ context.Context, f entity.Filter, _ page.Query) (found page.Page[*entity.Order], err error) {
	for _, o := range s.orders {
		if f.ClientID.IsZero() || f.ClientID == o.ClientID {
			found.Items = append(found.Items, fresh(o))
		}
	}
	return found, s.broken
}

func (s *shelf) History(_ context.Context, orderID id.ID, after int) ([]entity.Step, error) {
	s.mu.Lock()
	steps := slices.Clone(s.history[orderID])
	s.mu.Unlock()
	if s.recalled != nil {
		s.recalled()
	}
	return slices.DeleteFunc(steps, func(step entity.Step) bool { return step.Sequence <= after }), s.broken
}

func (s *shelf) Update(ctx context.Context, orderID id.ID, change func(*entity.Order) error) (order *entity.Order, err error) {
	err = s.UpdateAll(ctx, []id.ID{orderID}, func(found []*entity.Order) error {
		if len(found) == 0 {
			return fault.NotFoundf("order %s not found", orderID)
		}
		order = found[0]
		return change(order)
	})
	return order, err
}

func (s *shelf) UpdateAll(_ context.Context, ids []id.ID, change func([]*entity.Order) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*entity.Order
	for try := range 1 + s.repeats {
		found = nil
		for orderID, o := range s.orders {
			if slices.Contains(ids, orderID) {
				found = append(found, fresh(o))
			}
		}
		if err := change(found); err != nil {
			return err
		}
		if s.broken != nil && try == s.repeats {
			return s.broken
		}
	}
	for _, o := range found {
		s.keep(o)
	}
	return nil
}

func (s *shelf) UpdateOverdue(ctx context.Context, before id.ID, limit int, change func([]*entity.Order) error) (int, error) {
	var ids []id.ID
	for orderID, o := range s.orders {
		if o.Status == entity.New && slices.Compare(orderID[:], before[:]) < 0 && len(ids) < limit {
			ids = append(ids, orderID)
		}
	}
	return len(ids), s.UpdateAll(ctx, ids, change)
}

func (s *shelf) keep(o *entity.Order) {
	s.orders[o.ID] = *o
	s.history[o.ID] = append(s.history[o.ID], o.Steps()...)
}

// fresh is an order as it is read: without the steps that led here.
func fresh(o entity.Order) *entity.Order {
	return &entity.Order{
		ID: o.ID, ClientID: o.ClientID, ClientName: o.ClientName, Address: o.Address, Fulfilment: o.Fulfilment, QuoteID: o.QuoteID,
		Status: o.Status, Reason: o.Reason, Total: o.Total, Lines: slices.Clone(o.Lines), Version: o.Version, CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt,
	}
}

func digest(once *entity.Once) entity.Digest {
	if once == nil {
		return entity.Digest{}
	}
	return once.Key
}

func call(f func(*entity.Order), o *entity.Order) {
	if f != nil {
		f(o)
	}
}

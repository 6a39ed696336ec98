package entity

// Stock counts the units of one product. What is reserved is still on hand:
// 0 ≤ Reserved ≤ OnHand, always.
type Stock struct {
	OnHand    int
	Reserved  int
	Threshold *int // StockLow is told when no more are available; nil for never
	LowTold   bool // it has been told and not been above since
}

// Available returns the units that can still be reserved.
func (s Stock) Available() int { return s.OnHand - s.Reserved }

// take reserves units, which must be available.
func (s *Stock) take(units int) { s.Reserved += units }

// giveBack makes reserved units available again.
func (s *Stock) giveBack(units int) { s.Reserved -= units }

// ship takes reserved units out of the house.
func (s *Stock) ship(units int) {
	s.Reserved -= units
	s.OnHand -= units
}

// crossesLow reports, once at each crossing, that no more than the threshold is
// available.
func (s *Stock) crossesLow() bool {
	low := s.Threshold != nil && s.Available() <= *s.Threshold
	crosses := low && !s.LowTold
	s.LowTold = low
	return crosses
}

func (s Stock) hasThreshold(units *int) bool {
	if s.Threshold == nil || units == nil {
		return s.Threshold == units
	}
	return *s.Threshold == *units
}

package broker

import "time"

// Hurry makes a listener act at once where it would wait for seconds.
func (l *Listener) Hurry() *Listener {
	l.timing.retry = time.Millisecond
	l.timing.watch = 250 * time.Millisecond
	l.timing.stuck = 200 * time.Millisecond
	return l
}

// MemberName is memberName.
func MemberName(address string) string { return memberName(address) }

// At gives a listener an address.
func (l *Listener) At(address string) *Listener {
	l.cfg.Address = address
	return l
}

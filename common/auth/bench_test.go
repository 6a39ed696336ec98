package auth_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/auth"
)

// perCore reports how much one core does in a second, by the processor time that
// this process has had: what else the machine does meanwhile counts for nothing.
func perCore(b *testing.B) (report func()) {
	spent := func() time.Duration {
		var used syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
			b.Fatal(err)
		}
		return time.Duration(used.Utime.Nano() + used.Stime.Nano())
	}
	before := spent()
	return func() { b.ReportMetric(float64(b.N)/(spent()-before).Seconds(), "tokens/s-a-core") }
}

func BenchmarkVerifyRemembered(b *testing.B) {
	verifier, text := auth.NewVerifier(&published{}, expect), token(b, nil, nil)
	if _, err := verifier.Verify(b.Context(), text); err != nil {
		b.Fatal(err)
	}
	report := perCore(b)
	for b.Loop() {
		if _, err := verifier.Verify(b.Context(), text); err != nil {
			b.Fatal(err)
		}
	}
	report()
}

func BenchmarkVerifyNew(b *testing.B) {
	text := token(b, nil, nil)
	var keys published
	report := perCore(b)
	for b.Loop() {
		if _, err := auth.NewVerifier(&keys, expect).Verify(b.Context(), text); err != nil {
			b.Fatal(err)
		}
	}
	report()
}

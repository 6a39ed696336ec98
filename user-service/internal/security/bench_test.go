package security

import (
	"syscall"
	"testing"
	"time"

	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// spent is the processor time that this process has had.
func spent(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkSign is what an access token costs, the dearest part of a refresh.
func BenchmarkSign(b *testing.B) {
	tokens := NewAccessTokens(openRing(b, &memory{}), Issuer{URL: "http://shop.example", Audience: "oms", Type: "at+jwt", Life: time.Hour}, time.Now)
	before := spent(b)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, _, err := tokens.Sign(entity.Claims{Subject: "order-service", ClientID: "order-service"}); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/(spent(b)-before).Seconds(), "tokens/s-a-core")
}

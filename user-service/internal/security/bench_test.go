package security

import (
	"testing"
	"time"

	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// BenchmarkSign is what an access token costs, the dearest part of a refresh.
func BenchmarkSign(b *testing.B) {
	tokens := NewAccessTokens(openRing(b, &memory{}), Issuer{URL: "http://shop.example", Audience: "oms", Type: "at+jwt", Life: time.Hour}, time.Now)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, _, err := tokens.Sign(entity.Claims{Subject: "order-service", ClientID: "order-service"}); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}

package gateway_test

import (
	"io"
	"net/http"
	"testing"
)

// BenchmarkForward asks a service that answers at once, through the gateway and
// past it: the difference is what the gateway costs.
func BenchmarkForward(b *testing.B) {
	service, g := pair(b, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"status":"NEW"}`) })
	for name, base := range map[string]string{"through": g.URL, "past": service.URL} {
		b.Run(name, func(b *testing.B) {
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
			b.SetParallelism(32)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					answer, err := client.Get(base + "/v1/orders")
					if err != nil {
						b.Error(err)
						return
					}
					io.Copy(io.Discard, answer.Body)
					answer.Body.Close()
				}
			})
		})
	}
}

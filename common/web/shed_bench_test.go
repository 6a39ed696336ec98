package web_test

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/common/web"
)

// BenchmarkRefusal is 1 024 clients who are refused and ask again at once: by a
// program that knows nothing of HTTP, by net/http, and by an API that sheds. It
// counts the processor time of both ends.
func BenchmarkRefusal(b *testing.B) {
	full := fault.New(fault.CodeOverloaded, "full").After(time.Second)
	api := web.New(web.Options{
		Verifier: verifier{}, Log: slog.New(slog.DiscardHandler), Metrics: telemetry.NewMetrics(), Tracing: telemetry.NewTracing(),
		Shed: func(*http.Request) (*http.Request, error) { return nil, full },
	}).Handler()
	bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "full", http.StatusServiceUnavailable) })
	for _, server := range []struct {
		name  string
		serve func(net.Listener)
	}{
		{"tcp", answerBlindly},
		{"net-http", func(l net.Listener) { http.Serve(l, bare) }}, // #nosec G114 -- ours
		{"shed", func(l net.Listener) { http.Serve(l, api) }},      // #nosec G114 -- ours
	} {
		b.Run(server.name, func(b *testing.B) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			go server.serve(l)
			refuse(b, l.Addr().String())
		})
	}
}

// answerBlindly takes whatever it reads for a request.
func answerBlindly(l net.Listener) {
	const answer = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nfull"
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			request := make([]byte, 4<<10)
			for {
				if _, err := conn.Read(request); err != nil {
					return
				}
				if _, err := io.WriteString(conn, answer); err != nil {
					return
				}
			}
		}()
	}
}

// refuse has 1 024 clients ask b.N times together.
func refuse(b *testing.B, address string) {
	b.Helper()
	const clients = 1024
	const body = `{"products":[{"id":"` + thingID + `","quantity":1}],"address":"1 Bench Street"}`
	request := "POST /v1/things HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer " + strings.Repeat("a", 400) +
		"\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
	conns := make([]net.Conn, clients)
	for i := range conns {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		conns[i] = conn
	}
	before := cpuTime(b)
	b.ResetTimer()
	var all sync.WaitGroup
	for i, conn := range conns {
		all.Go(func() {
			answer := make([]byte, 4<<10)
			for n := i; n < b.N; n += clients {
				if _, err := io.WriteString(conn, request); err != nil {
					b.Error(err)
					return
				}
				got, err := conn.Read(answer) // it is short and comes in one piece
				if err != nil || !strings.HasPrefix(string(answer[:got]), "HTTP/1.1 503") {
					b.Errorf("answer %q, %v; want 503", answer[:got], err)
					return
				}
			}
		})
	}
	all.Wait()
	b.StopTimer()
	b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N), "cpu-us/op")
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

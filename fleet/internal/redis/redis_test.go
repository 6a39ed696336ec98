package redis

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/freeport"
	"github.com/oms-fleet/oms/fleet/internal/supervisor"
)

// start runs a private server until stop is called or the test ends.
func start(t *testing.T, folder string) (server *Server, stop func()) {
	t.Helper()
	s := supervisor.New(t.Logf)
	ctx, cancel := s.Guard(t.Context())
	server, err := Start(ctx, s, Config{Folder: folder, Output: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	stopped := false
	stop = func() {
		if !stopped {
			server.Stop()
			s.Close()
			cancel()
			stopped = true
		}
	}
	t.Cleanup(stop)
	return server, stop
}

// ask sends one command and returns the first line of the answer.
func ask(where, command string) (string, error) {
	conn, err := net.Dial("tcp", where)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	words := strings.Fields(command)
	fmt.Fprintf(conn, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(conn, "$%d\r\n%s\r\n", len(word), word)
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	return strings.TrimSpace(answer), err
}

func want(t *testing.T, where, command, answer string) {
	t.Helper()
	if got, err := ask(where, command); err != nil || got != answer {
		t.Errorf("%s = %q, %v, want %q", command, got, err, answer)
	}
}

func TestWhatWasAnsweredOutlivesAStopAndAKill(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "redis")
	first, stop := start(t, folder)
	want(t, first.Address(), "SET lamp on", "+OK")
	stop()

	second, _ := start(t, folder)
	want(t, second.Address(), "EXISTS lamp", ":1")
	want(t, second.Address(), "SET desk on", "+OK")
	if err := syscall.Kill(second.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := await(t.Context(), second.Address()); err != nil {
		t.Fatal(err)
	}
	want(t, second.Address(), "EXISTS lamp desk", ":2")
}

func TestServerRefusesRatherThanForgets(t *testing.T) {
	t.Parallel()
	server, _ := start(t, filepath.Join(t.TempDir(), "redis"))
	conn, err := net.Dial("tcp", server.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "CONFIG GET maxmemory-policy\r\n")
	answer := make([]byte, 64)
	n, err := conn.Read(answer)
	if err != nil || !strings.Contains(string(answer[:n]), "noeviction") {
		t.Errorf("policy = %q, %v, want noeviction", answer[:n], err)
	}
}

func TestEmbeddedServerLetsKeysExpire(t *testing.T) {
	t.Parallel()
	where, err := freeport.Address()
	if err != nil {
		t.Fatal(err)
	}
	server, err := startEmbedded(where)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	if server.PID() != os.Getpid() {
		t.Errorf("process of the embedded server = %d, want ours", server.PID())
	}
	want(t, where, "SET lamp on PX 150", "+OK")
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		got, err := ask(where, "EXISTS lamp")
		if err == nil && got == ":0" {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("EXISTS lamp = %q, %v, want it expired", got, err)
		}
	}
}

func TestGivenServerIsLeftAlone(t *testing.T) {
	t.Parallel()
	owned, _ := start(t, filepath.Join(t.TempDir(), "redis"))
	given := Given(owned.Address())
	given.Stop()
	if given.PID() != 0 {
		t.Errorf("process of a given server = %d, want 0", given.PID())
	}
	want(t, owned.Address(), "PING", "+PONG")
}

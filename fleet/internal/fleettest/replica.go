package fleettest

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/freeport"
	"github.com/oms-fleet/oms/fleet/internal/supervisor"
)

// Replica is a further process of a service.
type Replica struct {
	URL     string
	service string
	command *exec.Cmd
	ended   chan struct{}
}

// replicas has replicas die with the tests.
var replicas = sync.OnceValue(func() *supervisor.Supervisor { return supervisor.New(func(string, ...any) {}) })

// Join starts a further process of a service, told the same as the one that
// runs, and waits until it is ready. path is its program; "" is the usual one.
func (f *Fleet) Join(t testing.TB, service, path string, environ ...string) *Replica {
	t.Helper()
	if path == "" {
		path = filepath.Join(f.Programs.Folder, service)
	}
	where, err := freeport.Address()
	must(t, err)
	log, err := os.OpenFile(f.log, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	r := &Replica{URL: "http://" + where, service: service, ended: make(chan struct{})}
	r.command = exec.Command(path) // #nosec G204 -- our own program
	r.command.Env = append(append(f.environment(t, service), "HTTP_ADDR="+where), environ...)
	r.command.Stdout, r.command.Stderr = log, log
	must(t, replicas().Once(r.command))
	go func() {
		r.command.Wait() //nolint:errcheck // however it ends
		log.Close()      //nolint:errcheck // it was only written to
		close(r.ended)
	}()
	t.Cleanup(r.Kill)
	f.Eventually(t, func(ctx context.Context) error { return ready(ctx, r.URL) })
	return r
}

// environment is that of the process that runs.
func (f *Fleet) environment(t testing.TB, service string) []string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", f.PID(t, service)))
	must(t, err)
	return strings.Split(strings.TrimRight(string(text), "\x00"), "\x00")
}

func ready(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close() //nolint:errcheck // not read
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s is not ready: %s", url, answer.Status)
	}
	return nil
}

// Leave asks the process to stop and waits until it has.
func (r *Replica) Leave(t testing.TB) {
	t.Helper()
	must(t, r.command.Process.Signal(syscall.SIGTERM))
	select {
	case <-r.ended:
	case <-time.After(Patience):
		t.Fatalf("a replica of %s does not stop", r.service)
	}
}

// Stand has the process stand still, as SIGSTOP does.
func (r *Replica) Stand() {
	_ = r.command.Process.Signal(syscall.SIGSTOP) // it may have ended
}

// Wake has the process go on, should it stand still.
func (r *Replica) Wake() {
	_ = r.command.Process.Signal(syscall.SIGCONT) // it may have ended
}

// Kill ends the process as kill -9 does.
func (r *Replica) Kill() {
	_ = r.command.Process.Kill() // it may have ended
	<-r.ended
}

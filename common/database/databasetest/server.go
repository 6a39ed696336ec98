package databasetest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/oms-fleet/oms/common/database/private"
)

// patience bounds how long a private server may take to start.
const patience = 30 * time.Second

// start runs a private server on a Unix socket in dir, without durability: what
// it holds is thrown away with the process. It ends with this process, however
// that ends, by a watching shell on the other end of a pipe.
func start(dir string) (string, error) {
	program, err := private.Find()
	if err != nil {
		return "", fmt.Errorf("%w; or set TEST_MYSQL_DSN", err)
	}
	data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "s")
	if err := os.Mkdir(data, 0o700); err != nil {
		return "", fmt.Errorf("make a data folder: %w", err)
	}
	if err := program.Install(context.Background(), data, nil); err != nil {
		return "", err
	}
	arguments := append(program.Arguments(data), "--socket="+socket, "--pid-file="+filepath.Join(dir, "pid"), "--skip-networking",
		"--max-connections=1000", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=256M", "--log-error="+filepath.Join(dir, "log"))
	if err := watched(dir, program.Path(), arguments...); err != nil {
		return "", err
	}
	return "root@unix(" + socket + ")/", waitFor(socket)
}

// watched starts a command that is killed, and dir removed, when this process
// ends: the shell's read ends then because our end of its pipe is closed.
func watched(dir, command string, arguments ...string) error {
	const script = `dir=$1; shift; "$@" >/dev/null 2>&1 </dev/null & child=$!; read -r _; kill -9 $child; wait; rm -rf "$dir"`
	// The writing end is a bare descriptor: no finaliser closes it before our end.
	var pipe [2]int
	syscall.ForkLock.RLock()
	err := syscall.Pipe(pipe[:])
	syscall.CloseOnExec(pipe[0])
	syscall.CloseOnExec(pipe[1])
	syscall.ForkLock.RUnlock()
	if err != nil {
		return fmt.Errorf("watch the database: %w", err)
	}
	shell := exec.Command("/bin/sh", append([]string{"-c", script, "sh", dir, command}, arguments...)...) // #nosec G204
	shell.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	reader := os.NewFile(uintptr(pipe[0]), "watch")
	defer reader.Close() //nolint:errcheck // the shell has its own
	shell.Stdin = reader
	if err := shell.Start(); err != nil {
		return fmt.Errorf("start the database: %w", err)
	}
	return nil
}

// waitFor returns when the server takes connections: its socket is there a
// little earlier.
func waitFor(socket string) error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("unix", socket); err == nil {
			return conn.Close()
		}
	}
	return fmt.Errorf("the private database did not start within %s; its log lies beside %s", patience, socket)
}

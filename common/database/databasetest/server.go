package databasetest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// patience bounds how long a private server may take to start.
const patience = 30 * time.Second

var errMissing = errors.New("install one (Debian: apt-get install mariadb-server-core mariadb-client-core) or set TEST_MYSQL_DSN")

// start runs a MariaDB on a Unix socket in dir, without durability: what it
// holds is thrown away with the process. It ends with this process, however
// that ends, by a watching shell on the other end of a pipe.
func start(dir string) (string, error) {
	install, err := exec.LookPath("mariadb-install-db")
	if err != nil {
		return "", errMissing
	}
	server := "/usr/sbin/mariadbd"
	if found, err := exec.LookPath("mariadbd"); err == nil {
		server = found
	}
	data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "s")
	made := exec.Command(install, "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db") // #nosec G204
	if out, err := made.CombinedOutput(); err != nil {
		return "", fmt.Errorf("initialise a database: %w\n%s", err, out)
	}
	if err := watched(dir, server, "--no-defaults", "--datadir="+data, "--socket="+socket, "--pid-file="+filepath.Join(dir, "pid"),
		"--skip-networking", "--user=root", "--transaction-isolation=READ-COMMITTED", "--max-connections=1000",
		"--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=256M", "--skip-log-bin", "--log-error="+filepath.Join(dir, "log")); err != nil {
		return "", err
	}
	return "root@unix(" + socket + ")/", waitFor(socket)
}

// watched starts a command that is killed, and dir removed, when this process
// ends: the shell's read ends then because our end of its pipe is closed.
func watched(dir string, command ...string) error {
	const script = `dir=$1; shift; "$@" >/dev/null 2>&1 </dev/null & child=$!; read -r _; kill -9 $child; wait; rm -rf "$dir"`
	// The writing end is a bare descriptor: no finaliser closes it before our end.
	var pipe [2]int
	if err := syscall.Pipe2(pipe[:], syscall.O_CLOEXEC); err != nil {
		return fmt.Errorf("watch the database: %w", err)
	}
	shell := exec.Command("/bin/sh", append([]string{"-c", script, "sh", dir}, command...)...) // #nosec G204
	shell.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	reader := os.NewFile(uintptr(pipe[0]), "watch")
	defer reader.Close() //nolint:errcheck // the shell has its own
	shell.Stdin = reader
	if err := shell.Start(); err != nil {
		return fmt.Errorf("start the database: %w", err)
	}
	return nil
}

func waitFor(socket string) error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(socket); err == nil {
			return nil
		}
	}
	return fmt.Errorf("the private database did not start within %s", patience)
}

// Package private prepares a database server of one's own, for `make run` and
// for tests: it finds a MariaDB or MySQL on this machine, fills a data folder
// and says how the server is started on it. It starts nothing itself and leaves
// every server that is already there alone.
package private

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrMissing reports that this machine has no database server.
var ErrMissing = errors.New("no MariaDB or MySQL server here; install one (Debian, Ubuntu: apt-get install mariadb-server-core; macOS: brew install mariadb)")

// Program is a database server that can be started.
type Program struct {
	path  string
	mysql bool // Oracle's, whose options and installation differ
}

// Find returns the server of this machine, MariaDB before MySQL.
func Find() (Program, error) {
	for _, name := range []string{"mariadbd", "mysqld"} {
		path, err := lookPath(name)
		if err != nil {
			continue
		}
		version, err := exec.Command(path, "--no-defaults", "--version").Output() // #nosec G204 -- a server by its fixed name
		if err != nil {
			return Program{}, fmt.Errorf("ask %s for its version: %w", path, err)
		}
		return Program{path: path, mysql: !bytes.Contains(version, []byte("MariaDB"))}, nil
	}
	return Program{}, ErrMissing
}

// lookPath also looks where servers lie that only root has on the PATH.
func lookPath(name string) (string, error) {
	path, err := exec.LookPath(name)
	for _, folder := range []string{"/usr/sbin/", "/usr/local/sbin/", "/usr/libexec/", "/opt/homebrew/bin/"} {
		if err == nil {
			break
		}
		path, err = exec.LookPath(folder + name)
	}
	return path, err
}

// Path is where the program lies.
func (p Program) Path() string { return p.path }

// Install fills the empty folder data with the system tables of a server whose
// only account is root, without a password, who comes by its socket. Beside it
// appears a folder tmp. It runs as the given user, whose data is; nil means ours.
func (p Program) Install(ctx context.Context, data string, as *syscall.Credential) error {
	if err := makeTemporary(data, as); err != nil {
		return fmt.Errorf("install a database in %s: %w", data, err)
	}
	arguments, input := []string{"--bootstrap", "--enforce-storage-engine=", "--max-allowed-packet=8M"}, []byte(nil)
	if p.mysql {
		arguments = []string{"--initialize-insecure"}
	} else {
		tables, err := p.systemTables(ctx)
		if err != nil {
			return err
		}
		input = tables
	}
	command := exec.CommandContext(ctx, p.path, append(p.Arguments(data), arguments...)...) // #nosec G204 -- found by Find
	command.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	command.Stdin = bytes.NewReader(input)
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("install a database in %s: %w: %s", data, err, complaint(out))
	}
	return nil
}

// Arguments are those with which the server is started on data, before any of
// the caller's own, which win. Isolation is READ COMMITTED, text is utf8mb4 and
// compared byte by byte; nothing but data is touched.
func (p Program) Arguments(data string) []string {
	arguments := []string{
		"--no-defaults", "--datadir=" + data, "--tmpdir=" + temporary(data),
		"--transaction-isolation=READ-COMMITTED", "--skip-log-bin", "--skip-name-resolve", "--performance-schema=OFF",
		"--character-set-server=utf8mb4", "--collation-server=utf8mb4_bin", "--innodb-buffer-pool-dump-at-shutdown=OFF",
	}
	if p.mysql {
		arguments = append(arguments, "--innodb-redo-log-capacity=64M", "--mysqlx=OFF", "--secure-file-priv=NULL")
	} else {
		arguments = append(arguments, "--innodb-log-file-size=64M", "--log-warnings=1")
	}
	if os.Geteuid() == 0 {
		arguments = append(arguments, "--user=root") // else the server refuses to be root; who is started as another user ignores it
	}
	return arguments
}

// complaint is what a server said that it died of.
func complaint(out []byte) string {
	last := "it said nothing"
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		if strings.Contains(line, "ERROR") {
			return line
		}
		if line != "" {
			last = line
		}
	}
	return last
}

// temporary is where the server on data keeps its temporary tables. It must be
// its own: a server that starts removes those of every other one in the folder.
func temporary(data string) string { return filepath.Join(filepath.Dir(data), "tmp") }

func makeTemporary(data string, as *syscall.Credential) error {
	folder := temporary(data)
	err := os.MkdirAll(folder, 0o700)
	if err == nil && as != nil {
		err = os.Chown(folder, int(as.Uid), int(as.Gid))
	}
	return err
}

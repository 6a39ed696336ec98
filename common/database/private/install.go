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
)

// systemTables returns the statements that make MariaDB's own tables: those of
// its mariadb-install-db, which needs a shell and, on Debian, the client's
// package too. The help texts and the sys schema, of no use here, are left out:
// it takes a quarter of a second so (measured). So are the accounts by which
// root would be let in over TCP.
func (p Program) systemTables(ctx context.Context) ([]byte, error) {
	folder, err := p.share(ctx)
	if err != nil {
		return nil, err
	}
	tables := bytes.NewBufferString("CREATE DATABASE IF NOT EXISTS mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n")
	for _, name := range []string{"system_tables", "performance_tables", "system_tables_data"} {
		// Newer versions name their files mariadb_…, older ones mysql_….
		script, err := os.ReadFile(filepath.Join(folder, "mariadb_"+name+".sql")) // #nosec G304 -- the server's own folder
		if errors.Is(err, os.ErrNotExist) {
			script, err = os.ReadFile(filepath.Join(folder, "mysql_"+name+".sql")) // #nosec G304
		}
		if err != nil {
			return nil, fmt.Errorf("read MariaDB's system tables: %w", err)
		}
		tables.Write(script)
		tables.WriteByte('\n')
	}
	tables.WriteString("DELETE FROM global_priv WHERE Host <> 'localhost';\nDELETE FROM proxies_priv WHERE Host <> 'localhost';\n")
	return tables.Bytes(), nil
}

// share is the folder of the server's scripts, beside its character sets.
func (p Program) share(ctx context.Context) (string, error) {
	help, err := exec.CommandContext(ctx, p.path, "--no-defaults", "--verbose", "--help").Output() // #nosec G204 -- found by Find
	if err != nil {
		return "", fmt.Errorf("ask %s for its folders: %w", p.path, err)
	}
	for line := range strings.Lines(string(help)) {
		if fields := strings.Fields(line); len(fields) == 2 && fields[0] == "character-sets-dir" {
			return filepath.Dir(filepath.Clean(fields[1])), nil
		}
	}
	return "", fmt.Errorf("%s does not say where its character sets are", p.path)
}

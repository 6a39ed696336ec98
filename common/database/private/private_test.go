package private_test

import (
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"

	"github.com/oms-fleet/oms/common/database/private"
)

func TestInstalledServerAnswersWithItsSettings(t *testing.T) {
	t.Parallel()
	program, err := private.Find()
	if err != nil {
		t.Fatal(err)
	}
	folder, err := os.MkdirTemp("", "private") // short, for the socket's sake
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	data, socket := filepath.Join(folder, "data"), filepath.Join(folder, "s")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := program.Install(t.Context(), data, nil); err != nil {
		t.Fatal(err)
	}
	server := exec.Command(program.Path(), append(program.Arguments(data), "--skip-networking", "--socket="+socket, "--pid-file="+socket+".pid")...)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})

	db, err := sql.Open("mysql", "root@unix("+socket+")/mysql")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const question = "SELECT @@collation_server, @@skip_name_resolve"
	var collation string
	var noNames bool
	err = db.QueryRow(question).Scan(&collation, &noNames)
	for end := time.Now().Add(30 * time.Second); err != nil && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		err = db.QueryRow(question).Scan(&collation, &noNames)
	}
	if err != nil || collation != "utf8mb4_bin" || !noNames {
		t.Errorf("%s = %q, %t, %v; want utf8mb4_bin, true", question, collation, noNames, err)
	}
}

func TestInstallTellsWhatTheServerDiedOf(t *testing.T) {
	t.Parallel()
	program, err := private.Find()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(t.TempDir(), "no folder")
	err = program.Install(t.Context(), data, nil)
	if err == nil || !strings.Contains(err.Error(), "ERROR") {
		t.Errorf("Install into a folder that is not there = %v, want the server's complaint", err)
	}
}

func TestManyServersAreInstalledAtOnce(t *testing.T) {
	t.Parallel()
	program, err := private.Find()
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			data := filepath.Join(t.TempDir(), "data")
			if err := os.Mkdir(data, 0o700); err != nil {
				t.Error(err)
			}
			if err := program.Install(t.Context(), data, nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

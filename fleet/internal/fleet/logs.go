package fleet

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// logs are the files of those parts that say more than people want to see.
type logs struct{ database, redis *os.File }

func openLogs(folder string) (*logs, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of logs: %w", err)
	}
	const flags = os.O_CREATE | os.O_APPEND | os.O_WRONLY
	database, bad := os.OpenFile(filepath.Join(folder, "database.log"), flags, 0o600) // #nosec G304 -- our own folder
	redis, worse := os.OpenFile(filepath.Join(folder, "redis.log"), flags, 0o600)     // #nosec G304
	l := &logs{database: database, redis: redis}
	if err := errors.Join(bad, worse); err != nil {
		l.close()
		return nil, fmt.Errorf("open logs: %w", err)
	}
	return l, nil
}

func (l *logs) close() {
	if l == nil {
		return
	}
	for _, file := range []*os.File{l.database, l.redis} {
		if file != nil {
			file.Close() //nolint:errcheck // a log
		}
	}
}

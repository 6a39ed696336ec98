package supervisor

import (
	"bytes"
	"io"
	"sync"
)

// longestLine bounds what is kept of a line that does not end.
const longestLine = 64 << 10

// lines passes output on in whole lines, so that programs do not write into
// each other's, and remembers the last one.
type lines struct {
	out   io.Writer
	label string

	mu       sync.Mutex
	pending  []byte
	lastLine string
}

// Write never fails: a program must not die of a full disk or a closed terminal
// of ours.
func (l *lines) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending = append(l.pending, text...)
	left := l.pending
	for {
		line, rest, ok := bytes.Cut(left, []byte("\n"))
		if !ok && len(left) < longestLine {
			break
		}
		l.pass(line)
		left = rest
	}
	l.pending = append(l.pending[:0], left...)
	return len(text), nil
}

// flush passes on what does not end in a newline.
func (l *lines) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pending) > 0 {
		l.pass(l.pending)
		l.pending = nil
	}
}

func (l *lines) pass(line []byte) {
	if len(bytes.TrimSpace(line)) > 0 {
		l.lastLine = string(line)
	}
	whole := make([]byte, 0, len(l.label)+len(line)+4)
	if l.label != "" {
		whole = append(append(whole, l.label...), " | "...)
	}
	_, _ = l.out.Write(append(append(whole, line...), '\n'))
}

// last is the last line that says something.
func (l *lines) last() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lastLine == "" {
		return "it said nothing"
	}
	return l.lastLine
}

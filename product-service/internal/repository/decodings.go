package repository

import (
	"sync"
	"time"
)

// decodings remembers what texts of the cache mean: decoding one takes longer
// than the database needs for the product, comparing it next to nothing.
type decodings struct {
	mu    sync.Mutex
	known map[string]decoding
	bytes int
}

type decoding struct {
	text   string
	value  any
	readAt time.Time
}

// maxDecoded bounds the texts that are remembered, in bytes together.
const maxDecoded = 16 << 20

func (d *decodings) recall(key, text string) (value any, readAt time.Time, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	found, ok := d.known[key]
	return found.value, found.readAt, ok && found.text == text
}

func (d *decodings) remember(key, text string, value any, readAt time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known == nil || d.bytes > maxDecoded {
		d.known, d.bytes = make(map[string]decoding), 0
	}
	d.bytes += len(text) - len(d.known[key].text)
	d.known[key] = decoding{text, value, readAt}
}

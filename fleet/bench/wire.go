package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"strconv"
	"time"
)

// wire is one HTTP/1.1 connection that sends prepared requests. net/http costs
// the generator four times the processor time of this, on the machine that the
// fleet needs it for.
type wire struct {
	conn   net.Conn
	reader *bufio.Reader
	buffer []byte
	body   []byte
}

func dial(address string) (*wire, error) {
	conn, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", address, err)
	}
	return &wire{conn: conn, reader: bufio.NewReaderSize(conn, 8<<10)}, nil
}

func (w *wire) close() { w.conn.Close() } //nolint:errcheck // only ours

// do sends a request and returns the answer's status and body, which is valid
// until the next call.
func (w *wire) do(method, path, token string, body []byte) (status int, answer []byte, err error) {
	b := w.buffer[:0]
	b = append(b, method...)
	b = append(append(append(b, ' '), path...), " HTTP/1.1\r\nHost: bench\r\n"...)
	if token != "" {
		b = append(append(append(b, "Authorization: Bearer "...), token...), "\r\n"...)
	}
	if body != nil {
		b = append(b, "Content-Type: application/json\r\nContent-Length: "...)
		b = append(strconv.AppendInt(b, int64(len(body)), 10), "\r\n"...)
	}
	b = append(append(b, "\r\n"...), body...)
	w.buffer = b
	if err := w.conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return 0, nil, fmt.Errorf("set a deadline: %w", err)
	}
	if _, err := w.conn.Write(b); err != nil {
		return 0, nil, fmt.Errorf("send: %w", err)
	}
	return w.read()
}

func (w *wire) read() (status int, body []byte, err error) {
	line, err := w.reader.ReadSlice('\n')
	if err != nil || len(line) < len("HTTP/1.1 200") {
		return 0, nil, fmt.Errorf("read the status: %w", err)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, nil, fmt.Errorf("read the status: %w", err)
	}
	length := 0
	for {
		if line, err = w.reader.ReadSlice('\n'); err != nil {
			return 0, nil, fmt.Errorf("read the headers: %w", err)
		}
		if len(line) <= 2 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case bytes.EqualFold(name, []byte("Transfer-Encoding")): // chunked: there is no other
			length = -1
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, nil, fmt.Errorf("read the length: %w", err)
			}
		}
	}
	if length < 0 {
		body, err = io.ReadAll(httputil.NewChunkedReader(w.reader))
		if err == nil {
			_, err = w.reader.Discard(len("\r\n"))
		}
		return status, body, err
	}
	if cap(w.body) < length {
		w.body = make([]byte, length)
	}
	if _, err := io.ReadFull(w.reader, w.body[:length]); err != nil {
		return 0, nil, fmt.Errorf("read the body: %w", err)
	}
	return status, w.body[:length], nil
}
